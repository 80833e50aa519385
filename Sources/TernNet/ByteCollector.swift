public import TernCore

/// Reads a source to its end into memory.
public enum ByteCollector {
  /// All bytes of `source`.
  ///
  /// - Throws: what the source throws, and `.connection` when it is longer than `byteCountMax`.
  public static func all(
    of source: any ByteSource, byteCountMax: Int
  ) throws(TernError) -> [UInt8] {
    var bytes: [UInt8] = []
    var room = 16 << 10
    while true {
      var isOpen = true
      var failure: TernError?
      let piece = [UInt8](capacity: room) { window in
        do throws(TernError) {
          while isOpen && !window.isFull { isOpen = try source.read(into: &window) }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      guard piece.count <= byteCountMax - bytes.count else {
        throw .badReply("a reply of more than \(byteCountMax) bytes")
      }
      bytes += piece
      guard isOpen else { return bytes }
      room = min(room * 2, 1 << 20)
    }
  }
}
