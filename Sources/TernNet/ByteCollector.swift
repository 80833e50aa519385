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
      let piece = try piece(of: source, room)
      guard piece.count <= byteCountMax - bytes.count else {
        throw .badReply("a reply of more than \(byteCountMax) bytes")
      }
      bytes += piece
      guard piece.count >= room else { return bytes }
      room = min(room * 2, 1 << 20)
    }
  }

  /// The next `byteCount` bytes of `source`, fewer only at its end, more if they came together.
  public static func piece(
    of source: any ByteSource, _ byteCount: Int
  ) throws(TernError) -> [UInt8] {
    var failure: TernError?
    let piece = [UInt8](capacity: byteCount) { window in
      do throws(TernError) {
        // The array may have more room than was asked for.
        while window.count < byteCount, try source.read(into: &window) {}
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return piece
  }
}
