/// Bytes that arrive in pieces: a message body, a file, an array.
///
/// One thread at a time.
public protocol ByteSource: AnyObject {
  /// Appends at least one byte to `window` unless the source has ended.
  ///
  /// Blocks until bytes are there. `window` has free capacity; a full one is a usage error.
  /// - Returns: false at the end, and then always.
  /// - Throws: `.connection`, `.timeout`, `.cancelled`; the source then throws the same again.
  func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool
}

/// A source over bytes that are already there. `pieceMax` cuts them, so that tests can show that
/// answers do not depend on where the network cut.
public final class ArraySource: ByteSource {
  private let bytes: [UInt8]
  private let pieceMax: Int
  private var offset: Int
  private let end: Int

  /// Serves `bytes` in pieces of at most `pieceMax`.
  public convenience init(_ bytes: [UInt8], pieceMax: Int = .max) {
    self.init(bytes, in: bytes.indices, pieceMax: pieceMax)
  }

  /// Serves those of `bytes` that are in `range`.
  public init(_ bytes: [UInt8], in range: Range<Int>, pieceMax: Int = .max) {
    self.bytes = bytes
    self.pieceMax = max(1, pieceMax)
    let range = range.clamped(to: bytes.indices)
    (offset, end) = (range.lowerBound, range.upperBound)
  }

  /// See `ByteSource`.
  public func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    let count = min(end - offset, pieceMax, window.freeCapacity)
    guard count > 0 else { return false }
    for index in offset..<offset + count { window.append(bytes[index]) }
    offset += count
    return true
  }
}
