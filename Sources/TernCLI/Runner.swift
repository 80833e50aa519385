import TernColumns
import TernCommand
import TernCore
import TernDriver

/// Runs statements one after the other and writes what they give; stops at the first error.
struct Runner {
  private let arguments: Arguments
  private let connection: Connection
  private let output: Output
  private let messages: Messages
  private let interrupts: Interrupts

  init(
    _ arguments: Arguments, _ connection: Connection, _ output: Output, _ messages: Messages,
    _ interrupts: Interrupts
  ) {
    self.arguments = arguments
    self.connection = connection
    self.output = output
    self.messages = messages
    self.interrupts = interrupts
  }

  /// Runs the catalog question or every statement of `script`.
  func run(_ script: Script) throws(TernError) {
    var resultCount = 0
    if let question = arguments.catalog {
      let request = try CatalogQuestion.request(
        question, arguments.sql, connection.capabilities.unquotedCase)
      let start = Deadline.now
      return try show(try connection.catalog(request), start, &resultCount)
    }
    let statements = SQLSplitter(connection.capabilities.dialect).split(script.text)
    guard !statements.isEmpty else { throw Arguments.usage("there is no SQL to run") }
    guard arguments.parameters.isEmpty || statements.count == 1 else {
      throw Arguments.usage("--param needs exactly one statement")
    }
    for sql in statements {
      guard !interrupts.wasInterrupted, !output.isClosed else { return }
      let start = Deadline.now
      let statement = connection.makeStatement()
      defer { statement.close() }
      var next: ResultSet? = try execute(sql, statement)
      while let result = next, !output.isClosed {
        try show(result, start, &resultCount)
        next = try result.nextResult()
      }
      messages.warnings(connection.takeWarnings(), arguments)
    }
  }

  /// Runs one statement, prepared if there are parameters.
  private func execute(_ sql: String, _ statement: Statement) throws(TernError) -> ResultSet {
    guard !arguments.parameters.isEmpty else { return try statement.execute(sql) }
    try statement.prepare(sql)
    statement.bind(try ParameterRow.make(arguments.parameters, statement.parameters))
    return try statement.execute()
  }

  /// Writes one result and the line behind it.
  private func show(
    _ result: ResultSet, _ start: Int64, _ resultCount: inout Int
  ) throws(TernError) {
    defer { result.close() }
    var rowCount: Int64 = 0
    if result.hasRows {
      resultCount += 1
      try separate(resultCount)
      do throws(TernError) {
        rowCount = try writeRows(of: result)
      } catch {
        // What came before the failure is worth as much as it was.
        try output.flush()
        throw error
      }
    }
    guard !arguments.isQuiet, !output.isClosed else { return }
    let time = Amounts.time(nanoseconds: Deadline.now - start)
    if result.hasRows {
      messages.plain("(\(Amounts.count(rowCount, of: "row")), \(time))")
    } else if let changed = result.rowsChanged {
      messages.plain("(\(Amounts.count(changed, of: "row")) changed, \(time))")
    } else {
      messages.plain("(done, \(time))")
    }
  }

  /// Writes the rows as they come: no more than a batch is held.
  private func writeRows(of result: ResultSet) throws(TernError) -> Int64 {
    let unit = try connection.target.text("timestamp_unit") ?? ""
    var renderer = try arguments.format.renderer(
      result.schema, nullText: arguments.nullText,
      timestamps: TimestampExport(name: unit) ?? .microseconds)
    var progress = Progress(
      isOn: !arguments.isQuiet && !output.isTerminal && System.isTerminal(2))
    defer { progress.clear() }
    var rowCount: Int64 = 0
    var bytes: [UInt8] = []
    let byteCountBefore = output.byteCount
    while let batch = try result.nextBatch() {
      // While rows are written nothing runs that a cancel would find.
      guard !interrupts.wasInterrupted else { throw .cancelled }
      bytes.removeAll(keepingCapacity: true)
      try renderer.append(batch, to: &bytes)
      try output.write(bytes)
      // Somebody may be watching, or `head` may have enough already.
      if output.isTerminal || rowCount == 0 { try output.flush() }
      guard !output.isClosed else { return rowCount }
      rowCount += Int64(batch.rowCount)
      progress.show(rowCount, output.byteCount - byteCountBefore)
    }
    bytes.removeAll(keepingCapacity: true)
    try renderer.finish(to: &bytes)
    try output.write(bytes)
    try output.flush()
    return rowCount
  }

  /// A blank line between results where a reader can tell; Arrow streams hold one only.
  private func separate(_ resultCount: Int) throws(TernError) {
    guard resultCount > 1 else { return }
    switch arguments.format {
    case .table, .csv: try output.write([10])
    case .json: break
    case .arrow:
      throw Arguments.usage("an Arrow stream holds one result, and there is a second one")
    }
  }
}
