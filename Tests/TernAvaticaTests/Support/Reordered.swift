import TernColumns
import TernCore

/// The same JSON or protobuf message with its members in the opposite order, and members that
/// nobody has heard of in every object.
enum Reordered {
  /// JSON; numbers and strings keep their spelling.
  static func json(_ bytes: [UInt8]) -> [UInt8] {
    var rest = bytes[...]
    return value(&rest)
  }

  private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
    rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
  }

  private static func value(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    skipBlanks(&rest)
    switch rest.first {
    case UInt8(ascii: "{"): return object(&rest)
    case UInt8(ascii: "["):
      let elements = list(&rest, UInt8(ascii: "]"), value)
      return [UInt8(ascii: "[")] + elements.joined(separator: [UInt8(ascii: ",")])
        + [UInt8(ascii: "]")]
    case UInt8(ascii: "\""): return string(&rest)
    default:
      let word = Array(rest.prefix { !",]}\n ".utf8.contains($0) })
      rest = rest.dropFirst(word.count)
      return word
    }
  }

  private static func object(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    var members = list(&rest, UInt8(ascii: "}")) { rest in
      let name = string(&rest)
      skipBlanks(&rest)
      rest = rest.dropFirst()
      return name + [UInt8(ascii: ":")] + value(&rest)
    }
    members.append(Array(#""neverHeardOf":{"a":[1,{"b":null},"]}"]}"#.utf8))
    return [UInt8(ascii: "{")] + members.reversed().joined(separator: [UInt8(ascii: ",")])
      + [UInt8(ascii: "}")]
  }

  private static func list(
    _ rest: inout ArraySlice<UInt8>, _ end: UInt8,
    _ element: (inout ArraySlice<UInt8>) -> [UInt8]
  ) -> [[UInt8]] {
    var found: [[UInt8]] = []
    rest = rest.dropFirst()
    skipBlanks(&rest)
    while let first = rest.first, first != end {
      found.append(element(&rest))
      skipBlanks(&rest)
      if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() }
      skipBlanks(&rest)
    }
    rest = rest.dropFirst()
    return found
  }

  private static func string(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    var found: [UInt8] = []
    while let byte = rest.popFirst() {
      found.append(byte)
      if byte == UInt8(ascii: "\\"), let next = rest.popFirst() { found.append(next) }
      if byte == UInt8(ascii: "\""), found.count > 1 { break }
    }
    return found
  }

  /// The messages inside a protobuf answer, by field numbers on the way to them.
  private static let messages: Set<[Int]> = [
    [2], [2, 1], [2, 1, 4], [2, 1, 4, 1], [2, 1, 4, 1, 20], [2, 1, 5],
  ]

  /// An `ExecuteResponse` in its envelope. Repeated fields keep their own order, and the name of
  /// the message stays in front.
  static func protobuf(_ bytes: [UInt8], at path: [Int] = []) throws -> [UInt8] {
    let reader = try ProtobufReader(bytes)
    var fields: [(number: Int, bytes: [UInt8])] = []
    while let number = try reader.next() {
      var writer = ProtobufWriter()
      switch reader.wireType {
      case .varint: writer.field(number, try reader.uint64())
      case .fixed64: writer.field(number, try reader.double())
      case .lengthDelimited:
        let inner = try reader.bytes()
        let isMessage = messages.contains(path + [number])
        writer.field(number, isMessage ? try protobuf(inner, at: path + [number]) : inner)
      case .fixed32: continue
      }
      fields.append((number, writer.bytes))
    }
    guard !path.isEmpty else { return fields.flatMap(\.bytes) }
    // A stable sort: what is repeated stays in order.
    let sorted = fields.enumerated().sorted {
      ($1.element.number, $0.offset) < ($0.element.number, $1.offset)
    }
    var unknown = ProtobufWriter()
    unknown.field(1_000, UInt64(7))
    unknown.field(1_001, [0xFF, 0xFE])
    return unknown.bytes + sorted.flatMap(\.element.bytes)
  }
}
