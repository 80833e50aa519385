import TernCore
import TernNet

@testable import TernDriver
@testable import TernSnowflake

/// A session whose every statement gives the rows that a closure makes.
final class StoreSession: Session {
  typealias Make = @Sendable (ExecutionOptions) throws(TernError) -> SnowflakePages

  private let make: Make

  init(_ make: @escaping Make) { self.make = make }

  let capabilities = Capabilities()
  var isAlive: Bool { true }
  var state: SessionState { SessionState(isAutocommit: false) }

  func execute(
    _ sql: String, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    ReadyOutcomes([.rows(try make(options))])
  }

  func prepare(_ sql: String, _ context: CallContext) throws(TernError) -> any Preparation {
    throw .unsupported("prepare")
  }
  func catalog(_ request: CatalogRequest, _ context: CallContext) throws(TernError) -> CatalogRows {
    throw .unsupported("catalog")
  }
  func setAutocommit(_ isOn: Bool, _ context: CallContext) throws(TernError) {}
  func end(_ transaction: TransactionEnd, _ context: CallContext) throws(TernError) {}
  func set(_ property: SessionProperty, _ context: CallContext) throws(TernError) {}
  func open(_ partition: Partition, _ context: CallContext) throws(TernError) -> any PageSource {
    throw .unsupported("open")
  }
  func ping(_ context: CallContext) throws(TernError) {}
  func takeWarnings() -> [Warning] { [] }
  func close(_ context: CallContext) {}

  /// A connection over this session; `options` are those of a URI.
  func connection(_ options: String) throws -> Connection {
    let registry = DriverRegistry([StoreDriver.self]) { _ throws(TernError) in [] }
    return try Connection(
      self, try ConnectionTarget(parsing: "store://h/?" + options, registry: registry))
  }
}

/// Only there so that targets with its scheme parse.
private struct StoreDriver: Driver {
  static let grammar = TargetGrammar(
    scheme: "store", plaintextScheme: "store+plain", productName: "Store", port: 1,
    path: .options(["schema"]), defaults: ["parallel": "4"])
  static let options: [OptionDefinition] = []

  static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session {
    throw .unsupported("tests hand their sessions over themselves")
  }
}
