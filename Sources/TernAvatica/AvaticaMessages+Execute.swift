internal import TernColumns
internal import TernCore

extension AvaticaMessages {
  /// Rows of the first frame: as many as the server likes.
  static let usualFirstFrame: Int64 = -1
  /// All rows in the first frame.
  static let wholeFirstFrame: Int64 = -2

  private static let executed = ("executeResults", "ExecuteResponse")

  /// Runs a text on a statement made for it.
  ///
  /// The first frame holds at most 100 rows, whatever is asked for, unless it is asked to hold all;
  /// with 0, or without a word about it, a server since 1.8 would answer no rows at all and call
  /// the result complete (reference, section 7.1).
  struct PrepareAndExecute: AvaticaMessage {
    typealias Answer = AvaticaExecution
    /// The server's id of the statement.
    let statement: Int64
    let sql: String
    /// Rows of the whole result; 0 for all of them.
    let rowCountMax: Int64
    /// Servers before 1.8 know no limit of the first frame.
    let isOld: Bool
    let firstFrame: Int64
    /// What rows are read into instead of the columns that the answer names.
    var columns: AvaticaSignature?

    let names = AvaticaNames(
      "prepareAndExecute", "PrepareAndExecuteRequest", executed.0, executed.1)

    /// 0 would keep the limit of an earlier execution.
    private var total: Int64 { rowCountMax > 0 ? rowCountMax : -1 }

    func makeAnswer() throws(TernError) -> AvaticaExecution { AvaticaExecution(as: columns) }

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.member("connectionId", connectionID)
      writer.member("statementId", statement)
      writer.member("sql", sql)
      writer.member(isOld ? "maxRowCount" : "maxRowsTotal", total)
      if !isOld { writer.member("maxRowsInFirstFrame", firstFrame) }
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      writer.field(1, connectionID)
      writer.field(2, sql)
      writer.field(3, total)
      writer.field(4, statement)
      writer.field(5, total)
      writer.field(6, firstFrame)
    }
  }

  /// Runs a prepared statement with one row of values.
  struct Execute: AvaticaMessage {
    typealias Answer = AvaticaExecution
    /// The server's id of the statement.
    let statement: Int64
    /// A query's handle needs a signature, whatever it holds; that of an update must have none.
    let isQuery: Bool
    let sql: String
    let values: [AvaticaValue]
    let firstFrame: Int64
    /// What rows are read into instead of the columns that the answer names.
    var columns: AvaticaSignature?

    let names = AvaticaNames("execute", "ExecuteRequest", executed.0, executed.1)

    func makeAnswer() throws(TernError) -> AvaticaExecution { AvaticaExecution(as: columns) }

    func write(_ writer: inout JSONWriter, _ connectionID: String) {
      writer.key("statementHandle")
      writer.beginObject()
      writer.member("connectionId", connectionID)
      writer.member("id", statement)
      writer.key("signature")
      writer.raw(isQuery ? "{}" : "null")
      writer.endObject()
      writer.key("parameterValues")
      AvaticaValue.write(values, to: &writer)
      writer.member("maxRowCount", firstFrame)
    }

    func write(_ writer: inout ProtobufWriter, _ connectionID: String) throws(TernError) {
      try writer.field(1) { handle throws(TernError) in
        handle.field(1, connectionID)
        handle.field(2, statement)
        guard isQuery else { return }
        try handle.field(3) { signature throws(TernError) in signature.field(2, sql) }
      }
      for value in values {
        try writer.field(2) { inner throws(TernError) in try value.write(to: &inner) }
      }
      writer.field(3, firstFrame)
      // Without it the values of the execution before would count.
      writer.field(4, true)
      writer.field(5, firstFrame)
    }
  }
}

/// The two ways of executing have one kind of answer: counts, or columns and first rows.
extension AvaticaMessage where Answer == AvaticaExecution {
  func read(
    _ name: String, _ reader: JSONReader, into answer: inout AvaticaExecution
  ) throws(TernError) -> Bool { try answer.read(name, reader) }
  func read(
    _ field: Int, _ reader: ProtobufReader, into answer: inout AvaticaExecution
  ) throws(TernError) { try answer.read(field, reader) }
}
