internal import TernColumns
internal import TernCore

/// The requests of the protocol, as bytes. Attributes that a server's version does not know are
/// errors there, so that none is sent without need.
///
/// Source: Avatica reference, section 5.2.
enum AvaticaRequest {
  /// The bytes of one request.
  static func make(
    _ name: String, _ connectionID: String, _ body: (inout JSONWriter) -> Void = { _ in }
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("request", name)
    writer.member("connectionId", connectionID)
    body(&writer)
    writer.endObject()
    return escaped(writer.finish())
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

  /// `information` goes to the database's driver as it is, password and all: the bytes are never
  /// logged.
  static func openConnection(
    _ id: String, _ information: [(name: String, value: Secret)]
  ) -> [UInt8] {
    make("openConnection", id) { writer in
      writer.key("info")
      writer.beginObject()
      for (name, value) in information { writer.member(name, value.text) }
      writer.endObject()
    }
  }

  /// One change at a time, or none to read what is set.
  static func connectionSync(_ id: String, _ change: AvaticaProperties.Change?) -> [UInt8] {
    make("connectionSync", id) { writer in
      writer.key("connProps")
      writer.beginObject()
      writer.member("connProps", "connPropsImpl")
      switch change {
      case .autocommit(let isOn): writer.member("autoCommit", isOn)
      case .readOnly(let isOn): writer.member("readOnly", isOn)
      case .isolation(let number): writer.member("transactionIsolation", number)
      case .catalog(let name): writer.member("catalog", name)
      case .schema(let name): writer.member("schema", name)
      case nil: break
      }
      writer.endObject()
    }
  }

  /// Rows of the first frame: as many as the server likes.
  static let usualFirstFrame: Int64 = -1
  /// All rows in the first frame.
  static let wholeFirstFrame: Int64 = -2

  /// `isOld`: servers before 1.8, which know no limit of the first frame.
  static func prepareAndExecute(
    _ id: String, _ statement: Int64, _ sql: String, rowCountMax: Int64, isOld: Bool,
    firstFrame: Int64 = usualFirstFrame
  ) -> [UInt8] {
    make("prepareAndExecute", id) { writer in
      writer.member("statementId", statement)
      writer.member("sql", sql)
      // 0 would keep the limit of an earlier execution.
      let total = rowCountMax > 0 ? rowCountMax : -1
      writer.member(isOld ? "maxRowCount" : "maxRowsTotal", total)
      if !isOld { writer.member("maxRowsInFirstFrame", firstFrame) }
    }
  }

  /// The limit given here would hold for every execution of the statement: there is none.
  static func prepare(_ id: String, _ sql: String) -> [UInt8] {
    make("prepare", id) { writer in
      writer.member("sql", sql)
      writer.member("maxRowCount", Int64(-1))
    }
  }

  /// A request that names nothing but a statement.
  static func statement(_ name: String, _ id: String, _ statement: Int64) -> [UInt8] {
    make(name, id) { $0.member("statementId", statement) }
  }

  /// The offset is echoed by most servers and checked by some; it never moves the cursor.
  static func fetch(
    _ id: String, _ statement: Int64, offset: Int64, rowCount: Int64
  ) -> [UInt8] {
    make("fetch", id) { writer in
      writer.member("statementId", statement)
      writer.member("offset", offset)
      writer.member("fetchMaxRowCount", rowCount)
    }
  }

  /// `values`: the written array of the parameters. A query needs a signature in its handle,
  /// whatever it holds; an update must not have one.
  static func execute(
    _ id: String, _ statement: Int64, isQuery: Bool, _ values: [UInt8],
    firstFrame: Int64 = usualFirstFrame
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("request", "execute")
    writer.key("statementHandle")
    writer.beginObject()
    writer.member("connectionId", id)
    writer.member("id", statement)
    writer.key("signature")
    writer.raw(isQuery ? "{}" : "null")
    writer.endObject()
    writer.key("parameterValues")
    writer.raw(values)
    writer.member("maxRowCount", firstFrame)
    writer.endObject()
    return escaped(writer.finish())
  }

  /// `rows`: the written array of arrays.
  static func executeBatch(_ id: String, _ statement: Int64, _ rows: [UInt8]) -> [UInt8] {
    make("executeBatch", id) { writer in
      writer.member("statementId", statement)
      writer.key("parameterValues")
      writer.raw(rows)
    }
  }

  /// A metadata request; nil patterns are no restriction.
  static func metadata(
    _ name: String, _ id: String, _ patterns: [(name: String, value: String?)],
    types: [String]?? = .none
  ) -> [UInt8] {
    make(name, id) { writer in
      for (name, value) in patterns {
        writer.key(name)
        if let value { writer.value(value) } else { writer.null() }
      }
      guard case .some(let list) = types else { return }
      writer.key("typeList")
      guard let list else { return writer.null() }
      writer.beginArray()
      for type in list { writer.value(type) }
      writer.endArray()
    }
  }

  /// A call of the server's own metadata through `syncResults`.
  static func syncMetadata(
    _ id: String, _ statement: Int64, _ operation: String, _ arguments: [AvaticaArgument]
  ) -> [UInt8] {
    make("syncResults", id) { writer in
      writer.member("statementId", statement)
      writer.key("state")
      writer.beginObject()
      writer.member("type", "METADATA")
      writer.key("sql")
      writer.null()
      writer.member("metaDataOperation", operation)
      writer.key("operationArgs")
      writer.beginArray()
      for argument in arguments {
        switch argument {
        case .text(let text?): writer.value(text)
        case .text(nil): writer.null()
        case .flag(let flag): writer.value(flag)
        case .number(let number): writer.value(number)
        }
      }
      writer.endArray()
      writer.endObject()
      writer.member("offset", Int64(0))
    }
  }
}

/// An argument of a metadata call: the server counts them and checks their types.
enum AvaticaArgument: Sendable {
  case text(String?)
  case flag(Bool)
  case number(Int64)
}
