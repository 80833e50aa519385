/// A source whose first bytes can be looked at before it is read.
public final class PeekedSource: ByteSource {
  private let source: any ByteSource
  private var head: [UInt8] = []
  private var offset = 0

  /// Reads from `source`.
  public init(_ source: any ByteSource) { self.source = source }

  /// The first `count` bytes, fewer if there are no more. Only before the first read.
  public func peek(_ count: Int) throws(TernError) -> [UInt8] {
    while head.count < count {
      var failure: TernError?
      let piece = [UInt8](capacity: count - head.count) { window in
        do throws(TernError) { _ = try source.read(into: &window) } catch { failure = error }
      }
      if let failure { throw failure }
      if piece.isEmpty { break }
      head += piece
    }
    return Array(head.prefix(count))
  }

  /// See `ByteSource`.
  public func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    guard offset < head.count else { return try source.read(into: &window) }
    while offset < head.count, !window.isFull {
      window.append(head[offset])
      offset += 1
    }
    return true
  }
}
