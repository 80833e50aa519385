public import TernCore

/// Writes one protobuf message into bytes (proto3: the caller leaves out what is default).
public struct ProtobufWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Starts an empty message.
  public init() {}

  /// Writes a `uint64`, `uint32` or enumeration.
  public mutating func field(_ number: Int, _ value: UInt64) {
    tag(number, .varint)
    varint(value)
  }

  /// Writes an `int64` or `int32`; negative ones take ten bytes.
  public mutating func field(_ number: Int, _ value: Int64) {
    field(number, UInt64(bitPattern: value))
  }

  /// Writes a `bool`.
  public mutating func field(_ number: Int, _ value: Bool) { field(number, UInt64(value ? 1 : 0)) }

  /// Writes a `sint64` or `sint32`.
  public mutating func field(_ number: Int, zigzag value: Int64) {
    field(number, UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  /// Writes a `double`.
  public mutating func field(_ number: Int, _ value: Double) {
    tag(number, .fixed64)
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
    }
  }

  /// Writes a `string`.
  public mutating func field(_ number: Int, _ value: String) {
    field(number, Array(value.utf8))
  }

  /// Writes a `bytes`, or a message that was written before.
  public mutating func field(_ number: Int, _ value: [UInt8]) {
    tag(number, .lengthDelimited)
    varint(UInt64(value.count))
    bytes += value
  }

  /// Writes a message inside this one.
  public mutating func field(
    _ number: Int, _ body: (inout ProtobufWriter) throws(TernError) -> Void
  ) throws(TernError) {
    var inner = ProtobufWriter()
    try body(&inner)
    field(number, inner.bytes)
  }

  private mutating func tag(_ number: Int, _ type: ProtobufReader.WireType) {
    varint(UInt64(truncatingIfNeeded: number) << 3 | UInt64(type.rawValue))
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
