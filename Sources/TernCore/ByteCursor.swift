/// Reads integers and runs of bytes from a message in memory, checked, without copying.
///
/// Every read names what it wanted, so that an error says what was missing and where.
public struct ByteCursor: ~Escapable {
  private let bytes: Span<UInt8>
  /// Bytes read so far.
  public private(set) var offset = 0

  /// Starts at the first byte.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// Bytes not yet read.
  public var remaining: Int { bytes.count - offset }

  /// Takes the next `byteCount` bytes without copying them.
  @_lifetime(copy self)
  public mutating func take(_ byteCount: Int, _ what: String) throws(TernError) -> Span<UInt8> {
    guard 0 <= byteCount, byteCount <= remaining else { throw .badMessage(what, at: offset) }
    defer { offset += byteCount }
    return bytes.extracting(offset..<offset + byteCount)
  }

  /// Skips `byteCount` bytes.
  @_lifetime(self: copy self)
  public mutating func skip(_ byteCount: Int, _ what: String) throws(TernError) {
    guard 0 <= byteCount, byteCount <= remaining else { throw .badMessage(what, at: offset) }
    offset += byteCount
  }

  /// The next byte.
  @_lifetime(self: copy self)
  public mutating func byte(_ what: String) throws(TernError) -> UInt8 {
    guard remaining > 0 else { throw .badMessage(what, at: offset) }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// An unsigned integer of `byteCount` bytes (1 to 8), least significant first.
  @_lifetime(self: copy self)
  public mutating func littleEndian(_ byteCount: Int, _ what: String) throws(TernError) -> UInt64 {
    let start = offset
    try skip(byteCount, what)
    var value: UInt64 = 0
    for index in 0..<min(byteCount, 8) {
      value |= UInt64(bytes[start + index]) << UInt64(8 * index)
    }
    return value
  }

  /// An unsigned integer of `byteCount` bytes (1 to 8), most significant first.
  @_lifetime(self: copy self)
  public mutating func bigEndian(_ byteCount: Int, _ what: String) throws(TernError) -> UInt64 {
    let start = offset
    try skip(byteCount, what)
    var value: UInt64 = 0
    for index in 0..<min(byteCount, 8) { value = value << 8 | UInt64(bytes[start + index]) }
    return value
  }

  /// Throws unless every byte was read.
  public func finish(_ what: String) throws(TernError) {
    guard remaining == 0 else { throw .badMessage("bytes after \(what)", at: offset) }
  }
}
