internal import TernColumns
internal import TernCore
internal import TernDriver

/// What createPreparedStatement answers.
///
/// Source: Exasol reference, section 2.9: `parameterData` is absent without parameters, and
/// `numResults` and `results` stand in it or beside it.
struct ExasolStatementReply {
  var handle: Int64 = -1
  var parameterTypes: [ExasolDataType] = []
  /// Columns of the result; empty for a statement without rows.
  var columns: [ColumnDescription] = []

  init(reading reader: JSONReader, _ results: ExasolResultReader) throws(TernError) {
    var found: Int64?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "statementHandle": found = try reader.int64OrNull()
      case "parameterData" where try reader.peek() == .object:
        try readParameters(reader, results)
      case "results": try readResults(reader, results)
      default: try reader.skip()
      }
    }
    guard let found else { throw .badReply("a prepared statement without a handle") }
    handle = found
  }

  private mutating func readParameters(
    _ reader: JSONReader, _ results: ExasolResultReader
  ) throws(TernError) {
    var count: Int64?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "numColumns": count = try reader.int64OrNull()
      case "columns": parameterTypes = try ExasolResultReader.columns(reader).map(\.type)
      case "results": try readResults(reader, results)
      default: try reader.skip()
      }
    }
    guard count.map({ $0 == Int64(parameterTypes.count) }) ?? true else {
      throw .badReply("numColumns does not match the parameters")
    }
  }

  private mutating func readResults(
    _ reader: JSONReader, _ results: ExasolResultReader
  ) throws(TernError) {
    try reader.beginArray()
    while try reader.nextElement() {
      if case .resultSet(let set) = try results.result(reader) { columns = set.columns }
    }
  }
}

/// A statement that the server has prepared.
final class ExasolPreparation: Preparation {
  private let session: ExasolSession
  private let reply: ExasolStatementReply
  private let isOpen = Locked(true)

  init(_ session: ExasolSession, _ reply: ExasolStatementReply) {
    self.session = session
    self.reply = reply
  }

  var parameterCount: Int { reply.parameterTypes.count }

  var parameters: [ParameterDescription]? {
    reply.parameterTypes.map { type in
      let column = type.description("", session.typeOptions)
      return ParameterDescription(dataType: column.dataType, sql: column.sql)
    }
  }

  var columns: [ColumnDescription]? { reply.columns }

  func execute(
    _ parameters: Batch?, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    guard isOpen.current else { throw .usage("the statement is closed", .sequence) }
    return try session.execute(reply, parameters, options, context)
  }

  func close(_ context: CallContext) {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    if wasOpen { session.closePrepared(reply.handle, context) }
  }
}
