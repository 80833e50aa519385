import Synchronization
import Tern
import TernODBCConvert

// SQLPrepare, SQLExecDirect, SQLExecute, and what every execution leaves behind.
extension StatementHandle {
  /// SQLPrepare. Where the server cannot prepare, the text is kept for the execution.
  func prepare(_ text: InputText) throws(TernError) -> ReturnCode {
    let sql = try translated(text)
    startOver()
    try work.prepare(sql)
    rememberPrepared(sql)
    connection.takeWarnings(to: &diagnostics)
    return .success
  }

  /// SQLExecDirect.
  func executeDirectly(_ text: InputText) throws(TernError) -> ReturnCode {
    let sql = try translated(text)
    startOver()
    diagnostics.function = DynamicFunction(sql)
    guard hasBoundParameters, MarkerScanner(dialect).count(sql) > 0 else {
      applySettings()
      work.clearBindings()
      return try finish(try run { () throws(TernError) in try work.execute(sql) })
    }
    try work.prepare(sql)
    rememberPrepared(sql)
    return try execute()
  }

  /// SQLExecute.
  func execute() throws(TernError) -> ReturnCode {
    try checkNotSending()
    guard let prepared = prepared else {
      throw .usage("nothing is prepared", .sequence)
    }
    closeResult()
    applySettings()
    diagnostics.function = prepared.function
    guard prepared.parameterCount > 0 else {
      work.clearBindings()
      return try finish(try run { () throws(TernError) in try work.execute() })
    }
    return try executeWithParameters(prepared)
  }

  /// The dialect of the server.
  var dialect: Dialect { connection.link?.capabilities.dialect ?? Dialect() }

  private func translated(_ text: InputText) throws(TernError) -> String {
    try checkNotSending()
    let sql = try text.required("statement text")
    guard settings.noScan == 0 else { return sql }
    return try EscapeTranslator(dialect).translate(sql)
  }

  /// While data is being sent nothing else can be started.
  func checkNotSending() throws(TernError) {
    guard pending == nil else {
      throw .usage("the data of a parameter is being sent", .sequence)
    }
  }

  private func startOver() {
    closeResult()
    prepared = nil
    ird.rowState = .notPrepared
    work.close()
  }

  private func rememberPrepared(_ sql: String) {
    prepared = PreparedText(
      sql: sql, function: DynamicFunction(sql),
      parameterCount: work.parameterCount ?? MarkerScanner(dialect).count(sql),
      parameters: work.parameters, columns: work.columns)
    describe(work.columns)
  }

  /// Hands the attributes down that the waist keeps itself.
  func applySettings() {
    var options = work.options
    let seconds = Int64(clamping: settings.queryTimeout)
    options.queryTimeoutNanoseconds =
      seconds.multipliedReportingOverflow(by: 1_000_000_000).overflow
      ? 0 : seconds * 1_000_000_000
    options.rowCountMax = Int64(clamping: settings.rowCountMax)
    work.options = options
  }

  /// Runs `body` as an execution that a cancel can find.
  func run<Result>(
    _ body: () throws(TernError) -> Result
  ) throws(TernError) -> Result {
    isExecuting.store(true, ordering: .releasing)
    defer { isExecuting.store(false, ordering: .releasing) }
    return try body()
  }

  /// Takes a result over, and answers as ODBC says of it.
  func finish(_ result: ResultSet) throws(TernError) -> ReturnCode {
    take(result)
    connection.noteWork()
    connection.takeWarnings(to: &diagnostics)
    let isEmptyChange =
      diagnostics.function.isSearchedChange && !result.hasRows && result.rowsChanged == 0
    return isEmptyChange && connection.environment.isODBC3 ? .noData : .success
  }

  /// Makes `result` the current one.
  func take(_ result: ResultSet) {
    self.result = result
    hasExecuted = true
    reading.reset()
    let known = result.hasRows ? result.rowCount : result.rowsChanged
    rowCount = known.map { Int(clamping: $0) } ?? -1
    diagnostics.rowCount = result.hasRows ? 0 : max(0, rowCount)
    if result.hasRows {
      let isStatic = settings.cursorType == StatementSettings.static
      let opened = Cursor(result, connection.reporting, isStatic: isStatic)
      cursor = opened
      ird.rowState = .columns(opened.reported)
    } else {
      cursor = nil
      ird.rowState = .noResult
    }
  }

  /// SQLMoreResults: the next result, or no data and no result behind the last.
  func moreResults() throws(TernError) -> ReturnCode {
    guard let result = result else { return .noData }
    cursor = nil
    reading.reset()
    let next: ResultSet?
    do throws(TernError) {
      next = try run { () throws(TernError) in try result.nextResult() }
    } catch {
      // Later results may follow the one that failed, so the statement stays on this one.
      ird.rowState = .noResult
      throw error
    }
    guard let next else {
      closeResult()
      ird.rowState = .noResult
      return .noData
    }
    take(next)
    return .success
  }

  /// SQLRowCount.
  func rowCount(_ output: Address) throws(TernError) -> ReturnCode {
    guard hasExecuted else { throw .usage("nothing was executed", .sequence) }
    output.store(rowCount)
    return .success
  }

  /// SQLNumParams.
  func parameterCount(_ output: Address) throws(TernError) -> ReturnCode {
    guard let prepared = prepared else { throw .usage("nothing is prepared", .sequence) }
    output.store(Int16(clamping: prepared.parameterCount))
    return .success
  }
}
