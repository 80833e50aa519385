/// Where SQLGetData stopped in a value.
struct PartialRead {
  /// The row of the result, from 1; 0 before any read.
  var row: Int64 = 0
  /// The column, from 1.
  var column = 0
  /// The C type of the pieces.
  var cType: Int16 = 0
  /// Bytes handed out so far, in the target's encoding.
  var offset = 0
  /// Whether the last piece was handed out.
  var isFinished = false
}
