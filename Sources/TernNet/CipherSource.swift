public import TernCore

/// The bytes of a source behind a cipher, in either direction.
public final class CipherSource: ByteSource {
  private let source: any ByteSource
  private let cipher: AESCipher
  private var ready: [UInt8] = []
  private var next = 0
  private var isFinished = false
  private var failure: TernError?

  private static let pieceByteCount = 64 << 10

  /// Transforms what `source` gives with `cipher`, which then belongs to this object.
  public init(_ source: any ByteSource, _ cipher: AESCipher) {
    self.source = source
    self.cipher = cipher
  }

  /// See `ByteSource`. `.data` for bytes that the key does not fit.
  public func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    guard !window.isFull else { throw .usage("a read needs room for bytes") }
    if let failure { throw failure }
    do throws(TernError) {
      while next == ready.count, !isFinished { try refill() }
    } catch {
      failure = error
      throw error
    }
    let count = min(ready.count - next, window.freeCapacity)
    for index in next..<next + count { window.append(ready[index]) }
    next += count
    return count > 0
  }

  private func refill() throws(TernError) {
    let piece = try ByteCollector.piece(of: source, Self.pieceByteCount)
    ready = try cipher.update(piece)
    if piece.count < Self.pieceByteCount {
      ready += try cipher.finish()
      isFinished = true
    }
    next = 0
  }
}
