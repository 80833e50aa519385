internal import TernColumns
internal import TernCore

extension AvaticaErrors {
  /// The attributes of an ErrorResponse.
  ///
  /// Source: Avatica reference, sections 13.1 and 15.4.
  struct Fault: Equatable {
    var message: String?
    /// The first line of the first exception, and the causes below it; no stack traces.
    var exception: String?
    var code: Int64 = -1
    var sqlState = "00000"
    /// The server process that answered, as it names itself.
    var server: String?

    /// Reads one attribute; false for one that it does not know.
    mutating func read(_ name: String, _ reader: JSONReader) throws(TernError) -> Bool {
      switch name {
      case "errorMessage": message = try reader.scalarText()
      case "errorCode": code = try reader.int64OrNull() ?? -1
      case "sqlState": sqlState = try reader.scalarText() ?? "00000"
      case "exceptions" where try reader.peek() == .array:
        try reader.beginArray()
        while try reader.nextElement() { add(exception: try reader.scalarText() ?? "") }
      case "rpcMetadata": server = try AvaticaErrors.server(reader)
      default: return false
      }
      return true
    }

    /// Reads one field; the code is a negative number in a field that has none.
    mutating func read(_ field: Int, _ reader: ProtobufReader) throws(TernError) {
      switch field {
      case 1: add(exception: try reader.string())
      case 2: message = try reader.string()
      case 4: code = Int64(try reader.int32())
      case 5: sqlState = try reader.string()
      case 6:
        try reader.enter()
        server = try AvaticaErrors.server(reader)
      default: break
      }
    }

    private mutating func add(exception text: String) {
      guard exception == nil else { return }
      let lines = text.split(whereSeparator: \.isNewline)
      let kept = lines.enumerated().filter {
        $0.offset == 0 || $0.element.hasPrefix("Caused by:")
      }
      exception = kept.map { String($0.element) }.joined(separator: " ")
    }
  }

  /// Reads `rpcMetadata`: which server process answered, often by an internal name; nil for none.
  static func server(_ reader: JSONReader) throws(TernError) -> String? {
    guard try reader.peek() == .object else {
      try reader.skip()
      return nil
    }
    var address: String?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if name == "serverAddress" { address = try reader.stringOrNull() } else { try reader.skip() }
    }
    return address
  }

  /// Reads the fields of a RpcMetadata that was entered.
  static func server(_ reader: ProtobufReader) throws(TernError) -> String? {
    var address: String?
    while let field = try reader.next() {
      if field == 1 { address = try reader.string() }
    }
    return address
  }
}
