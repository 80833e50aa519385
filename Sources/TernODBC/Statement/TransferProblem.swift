import Tern

/// What happened to one value on its way to or from the application's memory.
struct TransferProblem {
  /// Row of the rowset or parameter set, from 0.
  var row: Int
  /// Column or parameter, from 1.
  var column: Int
  /// Class 01 where the value was written, changed.
  var state: SQLState
  /// What happened, without the value.
  var message: String
}
