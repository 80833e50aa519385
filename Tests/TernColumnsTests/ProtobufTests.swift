import TernColumns
import TernCore
import Testing

@Suite struct ProtobufTests {
  private static func message() throws -> [UInt8] {
    var writer = ProtobufWriter()
    writer.field(1, "c1")
    writer.field(2, UInt64(7))
    writer.field(3, Int64(-1))
    writer.field(4, zigzag: -2)
    writer.field(5, 1.5)
    writer.field(6, true)
    try writer.field(7) { inner throws(TernError) in inner.field(1, [0, 255]) }
    writer.field(300, [1, 0x80, 1])
    return writer.bytes
  }

  /// Everything that the message holds, as text.
  private static func read(_ bytes: [UInt8]) throws(TernError) -> [String] {
    var found: [String] = []
    let reader = try ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field {
      case 1: found.append(try reader.string())
      case 2: found.append("\(try reader.uint64())")
      case 3: found.append("\(try reader.int64())")
      case 4: found.append("\(try reader.zigzag())")
      case 5: found.append("\(try reader.double())")
      case 6: found.append("\(try reader.bool())")
      case 7:
        try reader.enter()
        while let field = try reader.next() {
          found.append("\(field): \(try reader.bytes().count)")
        }
      case 300:
        var values: [UInt64] = []
        try reader.append(to: &values)
        found.append("\(values)")
      default: try reader.skip()
      }
    }
    return found
  }

  @Test("what was written is read")
  func roundTrip() throws {
    #expect(
      try Self.read(Self.message()) == ["c1", "7", "-1", "-2", "1.5", "true", "1: 2", "[1, 128]"])
  }

  @Test("every prefix that cuts a field is an error, and none traps")
  func prefixes() throws {
    let message = try Self.message()
    let whole = try Self.read(message)
    for count in 0..<message.count {
      let part = try? Self.read(Array(message.prefix(count)))
      #expect(part == nil || whole.starts(with: part ?? []))
    }
  }

  @Test("values have the bytes of the reference")
  func bytes() throws {
    var writer = ProtobufWriter()
    writer.field(1, UInt64(13))
    writer.field(4, zigzag: -2)
    #expect(writer.bytes == [0x08, 0x0D, 0x20, 0x03])
    writer = ProtobufWriter()
    writer.field(5, Int64(-1))
    #expect(writer.bytes == [0x28] + Array(repeating: 0xFF, count: 9) + [0x01])
    let reader = try ProtobufReader([0x08, 0xFB, 0xFF, 0xFF, 0xFF, 0x0F])
    _ = try reader.next()
    #expect(try reader.int32() == -5)
  }

  @Test(
    "malformed messages are refused",
    arguments: [
      [0x00], [0x0B], [0x0C], [0x08], [0x08, 0x80], [0x0A, 0x05, 0x61], [0x0A, 0xFF],
      [0x09, 1, 2, 3], [0x0D, 1], [0x08] + Array(repeating: 0xFF, count: 10),
      [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
      [0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02],
    ])
  func malformed(_ bytes: [UInt8]) throws {
    let error = #expect(throws: TernError.self) { try Self.read(bytes) }
    #expect(error?.kind == .connection)
  }

  @Test("a value of another type than asked for is refused")
  func wrongType() throws {
    let reader = try ProtobufReader([0x08, 0x01])
    _ = try reader.next()
    var refused = false
    do { _ = try reader.bytes() } catch { refused = true }
    #expect(refused)
  }
}
