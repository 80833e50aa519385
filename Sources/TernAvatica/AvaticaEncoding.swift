internal import TernColumns
internal import TernCore

/// How messages are written. A port speaks one of the two.
///
/// Source: Avatica reference, sections 3.1 and 15.1.
enum AvaticaEncoding: Hashable, Sendable {
  case json, protobuf

  /// What goes into the header; no server looks at it, proxies may.
  var contentType: String {
    switch self {
    case .json: "application/json; charset=utf-8"
    case .protobuf: "application/x-google-protobuf"
    }
  }

  /// What else could be tried where a server answers in the other one.
  var other: AvaticaEncoding { self == .json ? .protobuf : .json }

  /// What the names of all messages begin with.
  static let requestPrefix = "org.apache.calcite.avatica.proto.Requests$"
  /// The same for answers.
  static let responsePrefix = "org.apache.calcite.avatica.proto.Responses$"

  /// The bytes of a request on the connection `connectionID`.
  func bytes<Message: AvaticaMessage>(
    of message: Message, _ connectionID: String
  ) throws(TernError) -> [UInt8] {
    switch self {
    case .json:
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("request", message.names.request)
      message.write(&writer, connectionID)
      writer.endObject()
      return Self.escaped(writer.finish())
    case .protobuf:
      var inner = ProtobufWriter()
      try message.write(&inner, connectionID)
      var writer = ProtobufWriter()
      writer.field(1, Self.requestPrefix + message.names.requestClass)
      writer.field(2, inner.bytes)
      return writer.bytes
    }
  }

  /// Old servers decode a body by their machine's own character set: only ASCII is safe.
  static func escaped(_ json: [UInt8]) -> [UInt8] {
    guard json.contains(where: { $0 >= 0x80 }) else { return json }
    var result: [UInt8] = []
    result.reserveCapacity(json.count + json.count / 2)
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if scalar.isASCII {
        result.append(UInt8(truncatingIfNeeded: scalar.value))
        continue
      }
      for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
        let digits = String(unit, radix: 16)
        result += Array("\\u".utf8)
        result += [UInt8](repeating: UInt8(ascii: "0"), count: max(0, 4 - digits.utf8.count))
        result += Array(digits.utf8)
      }
    }
    return result
  }
}

/// An answer before it is read.
enum AvaticaBody {
  case json(JSONReader)
  case protobuf(ProtobufReader)

  /// Reads bytes that are there; the first one tells which encoding they are in.
  static func of(_ bytes: [UInt8]) throws(TernError) -> AvaticaBody? {
    switch bytes.first {
    case UInt8(ascii: "{"):
      let reader = try JSONReader(bytes)
      reader.repairsText = true
      return .json(reader)
    case 0x0A: return .protobuf(try ProtobufReader(bytes))
    default: return nil
    }
  }
}
