public import TernCore

/// Walks the fields of one protobuf message in memory, without copying.
///
/// `next()` gives a tag; the value must then be read by the getter that fits its wire type, or
/// skipped. A message that ends early, a varint that is too long, a group or a getter of another
/// wire type is `badMessage` with the byte. Source: Protocol Buffers, "Encoding".
public struct ProtobufReader: ~Escapable {
  /// How a value is encoded.
  public enum WireType: UInt8, Sendable {
    /// The three that proto3 uses for numbers, and the one for everything else.
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  private var cursor: ByteCursor
  /// The tag that `next()` gave last: the field's number.
  public private(set) var field = 0
  /// How its value is encoded.
  public private(set) var wireType = WireType.varint
  private var hasValue = false

  /// Starts before the first field.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { cursor = ByteCursor(bytes) }

  /// Steps to the next field, skipping a value that was not read; nil at the end.
  @_lifetime(self: copy self)
  public mutating func next() throws(TernError) -> Int? {
    if hasValue { try skip() }
    guard cursor.remaining > 0 else { return nil }
    let start = cursor.offset
    let tag = try rawVarint()
    guard let type = WireType(rawValue: UInt8(tag & 7)), 1...UInt64(0x1FFF_FFFF) ~= tag >> 3 else {
      throw .badMessage("a protobuf tag", at: start)
    }
    field = Int(tag >> 3)
    wireType = type
    hasValue = true
    return field
  }

  /// Steps over the value.
  @_lifetime(self: copy self)
  public mutating func skip() throws(TernError) {
    switch wireType {
    case .varint: _ = try rawVarint()
    case .fixed64: try cursor.skip(8, "a protobuf number")
    case .fixed32: try cursor.skip(4, "a protobuf number")
    case .lengthDelimited: try cursor.skip(try length(), "a protobuf value")
    }
    hasValue = false
  }

  /// A `uint64`, or any other varint as it stands.
  @_lifetime(self: copy self)
  public mutating func uint64() throws(TernError) -> UInt64 {
    try expect(.varint)
    return try rawVarint()
  }

  /// An `int64`, or a `uint64` that carries one.
  @_lifetime(self: copy self)
  public mutating func int64() throws(TernError) -> Int64 { Int64(bitPattern: try uint64()) }

  /// An `int32`, or a `uint32` that carries one: five bytes and ten mean the same.
  @_lifetime(self: copy self)
  public mutating func int32() throws(TernError) -> Int32 {
    Int32(truncatingIfNeeded: try uint64())
  }

  /// A `sint64` or `sint32`.
  @_lifetime(self: copy self)
  public mutating func zigzag() throws(TernError) -> Int64 {
    let value = try uint64()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A `bool`.
  @_lifetime(self: copy self)
  public mutating func bool() throws(TernError) -> Bool { try uint64() != 0 }

  /// A `double`.
  @_lifetime(self: copy self)
  public mutating func double() throws(TernError) -> Double {
    try expect(.fixed64)
    return Double(bitPattern: try cursor.littleEndian(8, "a protobuf double"))
  }

  /// The bytes of a `bytes`, a `string`, a message, or packed numbers.
  @_lifetime(copy self)
  public mutating func bytes() throws(TernError) -> Span<UInt8> {
    try expect(.lengthDelimited)
    return try cursor.take(try length(), "a protobuf value")
  }

  /// A `string`, which must be UTF-8.
  @_lifetime(self: copy self)
  public mutating func string() throws(TernError) -> String {
    let start = cursor.offset
    let span = try bytes()
    var copy: [UInt8] = []
    copy.reserveCapacity(span.count)
    for index in span.indices { copy.append(span[index]) }
    guard UTF8Check.isValid(copy) else { throw .badMessage("a text that is not UTF-8", at: start) }
    return String(decoding: copy, as: UTF8.self)
  }

  /// A message inside this one.
  @_lifetime(copy self)
  public mutating func message() throws(TernError) -> ProtobufReader {
    ProtobufReader(try bytes())
  }

  /// Appends the varints of a repeated field: one, or many packed.
  @_lifetime(self: copy self)
  public mutating func append(to values: inout [UInt64]) throws(TernError) {
    guard wireType == .lengthDelimited else { return values.append(try uint64()) }
    var packed = ProtobufReader(try bytes())
    while packed.cursor.remaining > 0 { values.append(try packed.rawVarint()) }
  }

  @_lifetime(self: copy self)
  private mutating func expect(_ type: WireType) throws(TernError) {
    guard hasValue, wireType == type else {
      throw .badMessage("protobuf field \(field) of another type", at: cursor.offset)
    }
    hasValue = false
  }

  @_lifetime(self: copy self)
  private mutating func length() throws(TernError) -> Int {
    let start = cursor.offset
    guard let length = Int(exactly: try rawVarint()) else {
      throw .badMessage("a protobuf length", at: start)
    }
    return length
  }

  @_lifetime(self: copy self)
  private mutating func rawVarint() throws(TernError) -> UInt64 {
    let start = cursor.offset
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try cursor.byte("a protobuf number")
      // The tenth byte has room for one bit.
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .badMessage("a protobuf number of more than 64 bits", at: start)
  }
}
