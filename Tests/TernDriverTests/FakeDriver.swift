import TernColumns
import TernCore
import TernNet

@testable import TernDriver

/// What a scripted session does; shared by the driver and the test that made it.
final class Script: Sendable {
  struct State: Sendable {
    var pages: [Result<Batch, TernError>] = []
    var readerPages: [[Page]] = []
    var results: [Outcome]?
    var calls: [String] = []
    var isAutocommit = true
    var catalog = CatalogRows(.tables)
    var parameterCount = 1
    /// Whether pages are received before they are decoded.
    var decodesApart = false
    var keepAliveNanoseconds: Int64 = 0
    /// Pages that stop for nothing until the door is open: a server that owes them.
    var owedPage: Int?
    var stopsAtCancel = true
  }

  let state: Locked<State>
  /// Opened by the test when a blocked call may go on.
  let door = Monitor(false)
  /// How often the session was touched.
  let touches = Monitor(0)

  init(_ configure: (inout State) -> Void = { _ in }) {
    var state = State()
    configure(&state)
    self.state = Locked(state)
  }

  var calls: [String] { state.current.calls }

  func note(_ call: String) { state.withLock { $0.calls.append(call) } }

  /// A batch of one int64 column with these values.
  static func batch(_ values: Range<Int64>) -> Batch {
    let builder = BatchBuilder(Schema([Field("N", .int64)]))
    for value in values { try! builder.append([.integer(value)]) }
    return try! builder.finish()
  }

  func connection(_ options: String = "") throws -> Connection {
    let session = FakeSession(self)
    let registry = DriverRegistry([FakeDriver.self]) { _ throws(TernError) in [] }
    let target = try ConnectionTarget(
      parsing: "fake://h/?" + options, registry: registry)
    return try Connection(session, target)
  }
}

/// Only there so that targets with its scheme parse.
struct FakeDriver: Driver {
  static let grammar = TargetGrammar(
    scheme: "fake", plaintextScheme: "fake+plain", productName: "Fake", port: 1,
    path: .options(["schema"]), defaults: ["parallel": "off"])
  static let options: [OptionDefinition] = []

  static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session {
    throw .unsupported("tests hand their sessions over themselves")
  }
}

final class FakeSession: Session {
  let script: Script
  private let alive = Locked(true)

  init(_ script: Script) { self.script = script }

  let capabilities = Capabilities()
  var isAlive: Bool { alive.current }
  var state: SessionState { SessionState(isAutocommit: script.state.current.isAutocommit) }

  func execute(
    _ sql: String, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    script.note("execute \(sql)")
    if sql == "block" {
      try script.door.wait(context, "sitting at a closed door") { $0 ? () : nil }
    }
    if sql == "fail" { throw TernError(.sql, .general, "no such thing") }
    return ReadyOutcomes(script.state.current.results ?? [.rows(FakePages(script))])
  }

  func prepare(_ sql: String, _ context: CallContext) throws(TernError) -> any Preparation {
    script.note("prepare \(sql)")
    return FakePreparation(script)
  }

  func catalog(_ request: CatalogRequest, _ context: CallContext) throws(TernError) -> CatalogRows {
    script.state.current.catalog
  }

  func setAutocommit(_ isOn: Bool, _ context: CallContext) throws(TernError) {
    script.note("autocommit \(isOn)")
    script.state.withLock { $0.isAutocommit = isOn }
  }

  func end(_ transaction: TransactionEnd, _ context: CallContext) throws(TernError) {
    script.note("\(transaction)")
  }

  func set(_ property: SessionProperty, _ context: CallContext) throws(TernError) {}

  func open(_ partition: Partition, _ context: CallContext) throws(TernError) -> any PageSource {
    FakePages(script)
  }

  func ping(_ context: CallContext) throws(TernError) { script.note("ping") }
  func takeWarnings() -> [Warning] { [] }
  var keepAliveNanoseconds: Int64 { script.state.current.keepAliveNanoseconds }
  func keepAlive(_ context: CallContext) throws(TernError) {
    script.note("touch")
    script.touches.withLock { $0 += 1 }
  }

  func giveUp() { script.door.withLock { $0 = true } }

  func close(_ context: CallContext) {
    script.note("goodbye")
    alive.withLock { $0 = false }
  }
}

final class FakePreparation: Preparation {
  let script: Script
  init(_ script: Script) { self.script = script }

  var parameters: [ParameterDescription]? { nil }
  var parameterCount: Int { script.state.current.parameterCount }
  var columns: [ColumnDescription]? { nil }

  func execute(
    _ parameters: Batch?, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    script.note("run \(parameters?.rowCount ?? 0)")
    return ReadyOutcomes([.changed(rows: Int64(parameters?.rowCount ?? 0))])
  }

  func close(_ context: CallContext) { script.note("close statement") }
}

final class FakePages: PageSource {
  let script: Script
  private let rest: Locked<ArraySlice<Result<Batch, TernError>>>
  let queryID: String? = "q-1"
  let rowCount: Int64? = nil
  let usesSession = true

  init(_ script: Script) {
    self.script = script
    rest = Locked(script.state.current.pages[...])
  }

  var columns: [ColumnDescription] {
    [
      ColumnDescription(
        name: "N", dataType: .int64, sql: SQLColumnType(typeName: "BIGINT", odbcType: -5))
    ]
  }

  var isFinished: Bool { rest.withLock { $0.isEmpty } }
  var stopsAtCancel: Bool { script.state.current.stopsAtCancel }

  func nextPage(_ context: CallContext) throws(TernError) -> Batch? {
    guard let page = rest.withLock({ $0.popFirst() }) else { return nil }
    return try page.get()
  }

  var decodesApart: Bool { script.state.current.decodesApart }

  /// A failing page fails when it is decoded, as a reply that holds an error does.
  func receivePage(_ context: CallContext) throws(TernError) -> ReceivedPage? {
    guard let page = rest.withLock({ $0.popFirst() }) else { return nil }
    let number = script.state.current.pages.count - rest.current.count
    if number == script.state.current.owedPage { try owe(context) }
    if decodesApart { script.note("receive") }
    let count = (try? page.get().rowCount) ?? 1
    return ReceivedPage(rowCount: Int64(count), byteCount: 1 << 20) { () throws(TernError) in try page.get() }
  }

  private func owe(_ context: CallContext) throws(TernError) {
    script.touches.withLock { $0 += 1 }
    try script.door.wait(CallContext(), "owing a page") { $0 ? () : nil }
    if context.cancelToken.isCancelled { script.note("owed page was cancelled") }
    try context.check("owing a page")
  }

  func makeReaders(_ countMax: Int, _ context: CallContext) throws(TernError) -> [any PageReader] {
    script.state.current.readerPages.map { FakeReader($0) }
  }

  func close(_ context: CallContext) { script.note("close result") }
}

final class FakeReader: PageReader {
  private let rest: Locked<ArraySlice<Page>>
  init(_ pages: [Page]) { rest = Locked(pages[...]) }

  var nextRow: Int64? { rest.withLock { $0.first?.firstRow } }

  func nextPage(_ context: CallContext) throws(TernError) -> Page? {
    rest.withLock { $0.popFirst() }
  }
}
