internal import TernColumns
internal import TernCore
internal import TernDriver

/// A session over one WebSocket.
///
/// Strictly one request is in flight; `SessionGate` sees to that. Source: Exasol reference, section
/// 2.7 "Session commands".
final class ExasolSession: Session {
  private struct State: Sendable {
    var attributes = ExasolAttributes()
    var warnings: [Warning] = []
    /// The session values that the last execution left: they are sent only when they differ.
    var sentQueryTimeout: Int64 = 0
    var sentRowCountMax: Int64 = 0
    var hasSentQueryTimeout = false
    /// Whether a rollback may have brought an older query timeout back.
    var isQueryTimeoutUnknown = false
    var isReadOnly = false
  }

  let line: ExasolLine
  let login: ExasolLoginReply
  let typeOptions: ExasolTypeOptions
  let capabilities: Capabilities
  /// What is needed to log in again from subconnections.
  let opener: ExasolOpener
  private let writesBinaryAsHex: Bool
  private let shared = Locked(State())

  init(
    _ line: ExasolLine, _ login: ExasolLoginReply, _ opener: ExasolOpener,
    _ capabilities: Capabilities
  ) {
    self.line = line
    self.login = login
    self.opener = opener
    self.capabilities = capabilities
    typeOptions = opener.typeOptions
    writesBinaryAsHex = opener.writesBinaryAsHex
  }

  var isAlive: Bool { line.isAlive }

  var state: SessionState {
    let (attributes, isReadOnly) = shared.withLock { ($0.attributes, $0.isReadOnly) }
    return SessionState(
      schema: attributes.currentSchema, isAutocommit: attributes.isAutocommit,
      isolation: .serializable, isReadOnly: isReadOnly)
  }

  func takeWarnings() -> [Warning] {
    shared.withLock { state in
      defer { state.warnings = [] }
      return state.warnings
    }
  }

  func warn(_ warning: Warning) { shared.withLock { $0.warnings.append(warning) } }

  // MARK: - Running

  func execute(
    _ sql: String, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    let text = ExasolSQL.withoutTrailingSemicolon(sql)
    let parallel =
      options.readerCountMax > 1 && ExasolSQL.isQuery(text)
      ? try ExasolSubconnections.open(self, countMax: options.readerCountMax, context) : nil
    do throws(TernError) {
      let request = ExasolRequest.execute(text, attributes(for: options))
      let results = try results(of: request, .statement, context)
      if ExasolSQL.changesSession(text) { try followSession(text, context) }
      if !results.contains(where: \.hasHandle) { parallel?.close(nil, context) }
      return outcomes(results, options, parallel)
    } catch {
      let rest = line.grace
      parallel?.close(nil, rest)
      if Self.endsTransaction(error), isAlive { try? followSession("ROLLBACK", rest) }
      throw error
    }
  }

  /// Reads the attributes again after `sql`, which may have changed some that no reply announced.
  private func followSession(_ sql: String, _ context: CallContext) throws(TernError) {
    if ExasolSQL.firstWord(sql) == "ROLLBACK" {
      shared.withLock { $0.isQueryTimeoutUnknown = $0.hasSentQueryTimeout }
    }
    try readAttributes(context)
  }

  /// Whether the server rolled the whole transaction back before it answered.
  private static func endsTransaction(_ error: TernError) -> Bool {
    ["40001", "40003"].contains(error.sqlState.text)
  }

  func prepare(_ sql: String, _ context: CallContext) throws(TernError) -> any Preparation {
    let reader = resultReader()
    let request = ExasolRequest.prepare(ExasolSQL.withoutTrailingSemicolon(sql))
    let reply = try exchange(request, .statement, context) { json throws(TernError) in
      try ExasolStatementReply(reading: json, reader)
    }
    guard let statement = reply else { throw malformed("no prepared statement") }
    return ExasolPreparation(self, statement)
  }

  /// Runs a prepared statement once for each row of `parameters`, in requests of limited size.
  func execute(
    _ statement: ExasolStatementReply, _ parameters: Batch?, _ options: ExecutionOptions,
    _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    let encoder = ExasolParameters(
      handle: statement.handle, types: statement.parameterTypes,
      formats: resultReader().formats, writesBinaryAsHex: writesBinaryAsHex)
    if let parameters { try encoder.check(parameters) }
    try setAttributes(attributes(for: options), context)
    guard let parameters, !statement.parameterTypes.isEmpty else {
      let results = try results(of: encoder.emptyRequest, .statement, context)
      return outcomes(results, options)
    }
    // What a SELECT does with several parameter rows is undocumented: one row at a time.
    if !statement.columns.isEmpty { return try executeQuery(encoder, parameters, options, context) }
    return try executeChunks(encoder, parameters, options, context)
  }

  private func executeQuery(
    _ encoder: ExasolParameters, _ parameters: Batch, _ options: ExecutionOptions,
    _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    var all: [ExasolResult] = []
    do throws(TernError) {
      for row in 0..<parameters.rowCount {
        let request = try encoder.request(parameters, from: row, byteCountMax: 0)
        all += try results(of: request.bytes, .statement, context)
      }
      return outcomes(all, options)
    } catch {
      closeAll(all, context)
      throw error
    }
  }

  /// One execution or none: a batch of several requests runs in a transaction of its own when
  /// autocommit is on.
  private func executeChunks(
    _ encoder: ExasolParameters, _ parameters: Batch, _ options: ExecutionOptions,
    _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    let byteCountMax = min(
      ExasolParameters.requestByteCountMax, Int(clamping: login.messageByteCountMax / 4))
    var chunk = try encoder.request(parameters, from: 0, byteCountMax: byteCountMax)
    if chunk.end == parameters.rowCount {
      return outcomes(try results(of: chunk.bytes, .statement, context), options)
    }
    return try inTransaction(context) { () throws(TernError) -> any Outcomes in
      var total: Int64 = 0
      while true {
        total += Self.changed(try results(of: chunk.bytes, .statement, context))
        guard chunk.end < parameters.rowCount else { break }
        chunk = try encoder.request(parameters, from: chunk.end, byteCountMax: byteCountMax)
      }
      return ReadyOutcomes([.changed(rows: total)])
    }
  }

  private static func changed(_ results: [ExasolResult]) -> Int64 {
    results.reduce(0) { sum, result in
      guard case .rowCount(let count) = result else { return sum }
      return sum.addingReportingOverflow(count).partialValue
    }
  }

  private func inTransaction<Result>(
    _ context: CallContext, _ body: () throws(TernError) -> Result
  ) throws(TernError) -> Result {
    guard shared.withLock({ $0.attributes.isAutocommit }) else { return try body() }
    try setAutocommit(false, context)
    do throws(TernError) {
      let result = try body()
      try end(.commit, context)
      try setAutocommit(true, context)
      return result
    } catch {
      let rest = line.grace
      try? end(.rollback, rest)
      try? setAutocommit(true, rest)
      throw error
    }
  }

  func closePrepared(_ handle: Int64, _ context: CallContext) {
    discard(ExasolRequest.closePrepared(handle), context)
  }

  func closeResultSet(_ handle: Int64, _ context: CallContext) {
    discard(ExasolRequest.closeResultSets([handle]), context)
  }

  /// A complete reply without what was asked for: nothing after it can be trusted.
  func malformed(_ what: String) -> TernError {
    let error = TernError.badReply(what)
    line.end(with: error)
    return error
  }

  /// Frees results that nobody will read.
  func closeAll(_ results: [ExasolResult], _ context: CallContext) {
    let handles = results.compactMap(\.handle)
    if !handles.isEmpty { discard(ExasolRequest.closeResultSets(handles), context) }
  }

  /// Sends a request whose failure changes nothing for the caller.
  private func discard(_ request: [UInt8], _ context: CallContext) {
    guard line.isAlive else { return }
    // A cancel that ended the call before is no reason to leave things open on the server.
    let goodbye = line.grace.limited(to: context.deadline)
    do throws(TernError) {
      _ = try exchange(request, .quick, goodbye) { json throws(TernError) in try json.skip() }
    } catch {
      Log.write(.info, "exasol: closing on the server failed: \(error)")
    }
  }

  // MARK: - Session

  func setAutocommit(_ isOn: Bool, _ context: CallContext) throws(TernError) {
    try setAttributes([("autocommit", .flag(isOn))], context)
    shared.withLock { $0.attributes.isAutocommit = isOn }
  }

  func end(_ transaction: TransactionEnd, _ context: CallContext) throws(TernError) {
    guard transaction == .rollback else {
      return try committing { () throws(TernError) in
        _ = try results(of: ExasolRequest.execute("COMMIT", []), .statement, context)
      }
    }
    _ = try results(of: ExasolRequest.execute("ROLLBACK", []), .statement, context)
    // A rollback takes an OPEN SCHEMA and format changes back with it.
    try followSession("ROLLBACK", context)
  }

  func set(_ property: SessionProperty, _ context: CallContext) throws(TernError) {
    switch property {
    case .catalog(let name):
      guard name.isEmpty || name == ExasolCatalog.catalogName else {
        throw .usage("catalog \(name) does not exist: Exasol has only EXA_DB", .unsupported)
      }
    case .schema(let name):
      guard !name.isEmpty else {
        _ = try results(of: ExasolRequest.execute("CLOSE SCHEMA", []), .statement, context)
        return try readAttributes(context)
      }
      try setAttributes([("currentSchema", .text(name))], context)
      try readAttributes(context)
    case .isReadOnly(let isOn):
      shared.withLock { $0.isReadOnly = isOn }
    case .isolation(let level):
      guard level == .serializable else {
        throw .unsupported("Exasol has only the isolation level serializable")
      }
    case .option(let name, let value): try setOption(name, value, context)
    }
  }

  private func setOption(
    _ name: String, _ value: String, _ context: CallContext
  ) throws(TernError) {
    switch name {
    case "feedback_interval":
      guard let seconds = Int64(value), seconds > 0 else {
        throw .usage("feedback_interval is a number of seconds from 1", .invalidOptionValue)
      }
      try setAttributes([("feedbackInterval", .number(seconds))], context)
    case "snapshot_transactions":
      guard value == "on" || value == "off" else {
        throw .usage("snapshot_transactions is on or off", .invalidOptionValue)
      }
      try setAttributes([("snapshotTransactionsEnabled", .flag(value == "on"))], context)
    default:
      throw .usage("option \(name) cannot be changed in a live session", .unknownOption)
    }
  }

  func open(_ partition: Partition, _ context: CallContext) throws(TernError) -> any PageSource {
    throw .unsupported("Exasol results have no parts that another process could read")
  }

  func ping(_ context: CallContext) throws(TernError) { try readAttributes(context) }

  func giveUp() { line.giveUp() }

  func close(_ context: CallContext) {
    if line.isAlive { discard(ExasolRequest.disconnect, context) }
    line.close(context)
  }

  func catalog(_ request: CatalogRequest, _ context: CallContext) throws(TernError) -> CatalogRows {
    // A row limit that the last statement left would cut the answers to SQL questions.
    try setAttributes(attributes(for: ExecutionOptions()), context)
    let catalog = ExasolCatalog(
      hasMetadataCommands: login.protocolVersion >= 2, typeOptions: typeOptions
    ) { [self] request throws(TernError) in try rows(of: request, context) }
    return try catalog.answer(request)
  }

  // MARK: - Requests

  /// Sends a request and merges the attributes of its reply.
  func exchange<Payload: Sendable>(
    _ request: [UInt8], _ patience: ExasolLine.Patience, _ context: CallContext,
    _ readPayload: (JSONReader) throws(TernError) -> Payload
  ) throws(TernError) -> Payload? {
    try accept(
      try line.exchange(request, patience, feedbackSeconds: feedbackSeconds, context, readPayload))
  }

  /// How often the server shows that a statement still runs.
  var feedbackSeconds: Int64 { shared.withLock { $0.attributes.feedbackIntervalSeconds } }

  /// Merges the attributes of a reply and throws its exception.
  func accept<Payload: Sendable>(_ reply: ExasolReply<Payload>) throws(TernError) -> Payload? {
    if let json = reply.attributes {
      var attributes = shared.withLock { $0.attributes }
      try attributes.merge(reading: try JSONReader(json))
      shared.withLock { $0.attributes = attributes }
    }
    if let exception = reply.exception {
      let error = ExasolErrors.error(exception)
      if error.endsConnection { line.end(with: error) }
      throw error
    }
    return reply.payload
  }

  func results(
    of request: [UInt8], _ patience: ExasolLine.Patience, _ context: CallContext
  ) throws(TernError) -> [ExasolResult] {
    let reader = resultReader()
    let results = try exchange(request, patience, context) { json throws(TernError) in
      try reader.results(json)
    }
    guard let results, !results.isEmpty else { throw malformed("no results") }
    return results
  }

  /// The plain values of a request's `responseData`.
  func fields(of request: [UInt8], _ context: CallContext) throws(TernError) -> ExasolFields {
    let fields = try exchange(request, .quick, context) { json throws(TernError) in
      try ExasolFields(reading: json)
    }
    guard let fields else { throw malformed("no responseData") }
    return fields
  }

  /// Every row of a request's first result, for catalog answers.
  private func rows(of request: [UInt8], _ context: CallContext) throws(TernError) -> [[Value]] {
    guard case .resultSet(let set)? = try results(of: request, .statement, context).first else {
      throw malformed("a catalog request gave no rows")
    }
    let pages = ExasolPages(self, set, ExecutionOptions())
    defer { pages.close(context) }
    var rows: [[Value]] = []
    while let batch = try pages.nextPage(context) {
      for row in 0..<batch.rowCount { rows.append(try batch.row(row)) }
    }
    return rows
  }

  func readAttributes(_ context: CallContext) throws(TernError) {
    _ = try exchange(ExasolRequest.attributes, .quick, context) { json throws(TernError) in
      try json.skip()
    }
  }

  func setAttributes(
    _ attributes: ExasolRequest.Attributes, _ context: CallContext
  ) throws(TernError) {
    guard !attributes.isEmpty else { return }
    _ = try exchange(ExasolRequest.setAttributes(attributes), .quick, context) {
      json throws(TernError) in try json.skip()
    }
  }

  func resultReader() -> ExasolResultReader {
    let attributes = shared.withLock { $0.attributes }
    return ExasolResultReader(formats: ExasolFormats(attributes, typeOptions))
  }

  /// The attributes by which this execution differs from the one before.
  private func attributes(for options: ExecutionOptions) -> ExasolRequest.Attributes {
    // Whole seconds on the wire: the driver's own deadline is the exact one.
    let seconds = (options.queryTimeoutNanoseconds + 999_999_999) / 1_000_000_000
    return shared.withLock { state in
      var attributes: ExasolRequest.Attributes = []
      if state.sentQueryTimeout != seconds || state.isQueryTimeoutUnknown {
        attributes.append(("queryTimeout", .number(seconds)))
        state.sentQueryTimeout = seconds
        state.hasSentQueryTimeout = true
        state.isQueryTimeoutUnknown = false
      }
      if state.sentRowCountMax != options.rowCountMax, login.protocolVersion >= 2 {
        attributes.append(("resultSetMaxRows", .number(options.rowCountMax)))
        state.sentRowCountMax = options.rowCountMax
      }
      return attributes
    }
  }

  private func outcomes(
    _ results: [ExasolResult], _ options: ExecutionOptions,
    _ parallel: ExasolSubconnections? = nil
  ) -> any Outcomes {
    ReadyOutcomes(
      results.map { result in
        switch result {
        case .rowCount(let count): .changed(rows: count)
        case .resultSet(let set): .rows(ExasolPages(self, set, options, parallel))
        }
      })
  }
}
