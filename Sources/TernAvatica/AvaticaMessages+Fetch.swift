internal import TernColumns
internal import TernCore

/// The answer to a fetch.
struct AvaticaFetched<Frame: Sendable>: Sendable {
  var frame: Frame?
  /// The server knows the statement, or its result, no more.
  var isMissing = false
}

/// A fetch, whatever its rows are read into.
protocol AvaticaFetching: AvaticaMessage {
  /// Which rows.
  var range: AvaticaMessages.FetchRange { get }
}

extension AvaticaFetching {
  var names: AvaticaNames {
    AvaticaNames("fetch", "FetchRequest", "fetch", "FetchResponse")
  }

  func write(_ writer: inout JSONWriter, _ connectionID: String) {
    range.write(&writer, connectionID)
  }

  func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
    range.write(&writer, connectionID)
  }
}

extension AvaticaMessages {
  /// Which rows: the offset is echoed by most servers and checked by some; it never moves the
  /// cursor, so that a fetch is never sent twice.
  struct FetchRange: Sendable {
    let statement: Int64
    let offset: Int64
    /// 0 takes nothing and keeps the statement from expiring; -1 takes all the rest.
    let rowCount: Int64

    fileprivate func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.member("statementId", statement)
      writer.member("offset", offset)
      writer.member("fetchMaxRowCount", rowCount)
    }

    fileprivate func write(_ writer: inout ProtobufWriter, _ connectionID: String) {
      writer.field(1, connectionID)
      writer.field(2, statement)
      writer.field(3, offset)
      // The field of servers before 1.8 has no negative numbers.
      if rowCount > 0 { writer.field(4, rowCount) }
      writer.field(5, rowCount)
    }
  }

  /// The next frame of a result, straight into columns.
  struct Fetch: AvaticaFetching {
    typealias Answer = AvaticaFetched<AvaticaFrame>
    let range: FetchRange
    let signature: AvaticaSignature

    func makeAnswer() throws(TernError) -> Answer { Answer() }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout Answer
    ) throws(TernError) -> Bool {
      switch name {
      case "frame" where try reader.peek() == .object:
        answer.frame = try AvaticaFrame(reading: reader, try signature.decoder())
      case "missingStatement", "missingResults":
        if try reader.bool() { answer.isMissing = true }
      default: return false
      }
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout Answer
    ) throws(TernError) {
      switch field {
      case 1:
        try reader.enter()
        answer.frame = try AvaticaFrame(reading: reader, try signature.decoder())
      case 2, 3: if try reader.bool() { answer.isMissing = true }
      default: break
      }
    }
  }

  /// The rest of a metadata answer, whose columns are of any types.
  struct FetchTable: AvaticaFetching {
    typealias Answer = AvaticaFetched<AvaticaTable>
    let range: FetchRange

    func makeAnswer() throws(TernError) -> Answer { Answer() }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout Answer
    ) throws(TernError) -> Bool {
      switch name {
      case "frame" where try reader.peek() == .object:
        var table = AvaticaTable()
        try table.readFrame(reader)
        answer.frame = table
      case "missingStatement", "missingResults":
        if try reader.bool() { answer.isMissing = true }
      default: return false
      }
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout Answer
    ) throws(TernError) {
      switch field {
      case 1:
        var table = AvaticaTable()
        try reader.enter()
        try table.readFrame(reader)
        answer.frame = table
      case 2, 3: if try reader.bool() { answer.isMissing = true }
      default: break
      }
    }
  }

  /// Lets the server run something again on a fresh statement, up to a row; `fetch` goes on.
  ///
  /// It executes what it is given once more, and is wrong on a statement that was fetched from
  /// (reference, section 6.4): for metadata calls and results that the user allows it for.
  struct SyncResults: AvaticaMessage {
    /// What to run.
    enum State: Sendable {
      case sql(String)
      case metadata(AvaticaOperation, [AvaticaArgument])
    }

    /// Whether the statement is known, and more rows follow.
    struct Answer: Sendable {
      var isMissing = false
      var hasMore = false
    }

    let statement: Int64
    let state: State
    let offset: Int64

    let names = AvaticaNames(
      "syncResults", "SyncResultsRequest", "syncResults", "SyncResultsResponse")

    func makeAnswer() throws(TernError) -> Answer { Answer() }

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.member("statementId", statement)
      writer.key("state")
      writer.beginObject()
      switch state {
      case .sql(let sql):
        writer.member("type", "SQL")
        writer.member("sql", sql)
        writer.key("metaDataOperation")
        writer.null()
        writer.key("operationArgs")
        writer.null()
      case .metadata(let operation, let arguments):
        writer.member("type", "METADATA")
        writer.key("sql")
        writer.null()
        writer.member("metaDataOperation", operation.name)
        writer.key("operationArgs")
        writer.beginArray()
        for argument in arguments { argument.write(to: &writer) }
        writer.endArray()
      }
      writer.endObject()
      writer.member("offset", offset)
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
      writer.field(2, statement)
      try writer.field(3) { inner throws(TernError) in
        switch state {
        case .sql(let sql):
          inner.field(2, sql)
          inner.field(6, true)
        case .metadata(let operation, let arguments):
          inner.field(1, UInt64(1))
          inner.field(3, operation.number)
          for argument in arguments {
            try inner.field(4) { entry throws(TernError) in argument.write(to: &entry) }
          }
          inner.field(5, true)
          inner.field(7, true)
        }
      }
      writer.field(4, offset)
    }

    func read(
      _ name: String, _ reader: JSONReader, into answer: inout Answer
    ) throws(TernError) -> Bool {
      switch name {
      case "missingStatement": answer.isMissing = try reader.bool()
      case "moreResults": answer.hasMore = try reader.bool()
      default: return false
      }
      return true
    }

    func read(
      _ field: Int, _ reader: ProtobufReader, into answer: inout Answer
    ) throws(TernError) {
      switch field {
      case 1: answer.isMissing = try reader.bool()
      case 2: answer.hasMore = try reader.bool()
      default: break
      }
    }
  }
}
