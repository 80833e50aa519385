internal import TernCore
internal import TernNet

/// Asks the service for orders, one question at a time: the session serves one call.
final class SnowflakeFileAsker: Sendable {
  /// Runs a statement and gives its answer. `.sql` for one that failed, `.connection` where the
  /// session is lost.
  typealias Ask =
    @Sendable (
      _ sql: String, _ context: CallContext
    ) throws(TernError) -> SnowflakeAnswer

  private let ask: Ask
  private let isBusy = Monitor(false)

  init(_ ask: @escaping Ask) { self.ask = ask }

  /// Runs `body`, which gets the right to ask, when nobody else does.
  fileprivate func inTurn(
    _ context: CallContext, _ body: (Ask) throws(TernError) -> Void
  ) throws(TernError) {
    try isBusy.wait(context, "waiting for other questions to the server") { isBusy -> Void? in
      guard !isBusy else { return nil }
      isBusy = true
      return ()
    }
    defer { isBusy.withLock { $0 = false } }
    try body(ask)
  }
}

/// An order and its credentials, which end: then the statement is run again for new ones.
///
/// Any thread. Source: Snowflake reference, section 7.1, "expired creds".
final class SnowflakeFileGrant: Sendable {
  /// An order, and how often it was renewed before.
  struct Current: Sendable {
    var order: SnowflakeFileOrder
    var generation = 0
  }

  private let current: Lock<Current>
  private let asker: SnowflakeFileAsker
  private let sql: String
  private let verb: SnowflakeFileCommand.Verb
  private let path: String

  /// - Parameter sql: what is run for new credentials.
  /// - Parameter path: the local path in it, which every order must name.
  init(
    _ order: SnowflakeFileOrder, _ asker: SnowflakeFileAsker, sql: String,
    _ verb: SnowflakeFileCommand.Verb, path: String
  ) {
    current = Lock(Current(order: order))
    self.asker = asker
    self.sql = sql
    self.verb = verb
    self.path = path
  }

  /// The order as it is now.
  var now: Current { current.withLock { $0 } }

  /// The order after one of `generation` was refused: what another thread has got meanwhile, or
  /// what the server gives now.
  func renewed(after generation: Int, _ context: CallContext) throws(TernError) -> Current {
    try asker.inTurn(context) { (ask) throws(TernError) in
      guard now.generation == generation else { return }
      Log.write(.info, "snowflake: the stage refused its credentials: asking for new ones")
      let order = try SnowflakeFileOrder(try ask(sql, context))
      try order.check(verb, path: path)
      current.withLock { $0 = Current(order: order, generation: generation + 1) }
    }
    return now
  }

  /// A grant for one file of a PUT: a presigned URL is good for one object.
  func single(
    _ command: SnowflakeFileCommand, named name: String, _ context: CallContext
  ) throws(TernError) -> SnowflakeFileGrant {
    let sql = command.sql(forFile: name)
    var order = SnowflakeFileOrder()
    try asker.inTurn(context) { (ask) throws(TernError) in
      order = try SnowflakeFileOrder(try ask(sql, context))
    }
    try order.check(verb, path: name)
    return SnowflakeFileGrant(order, asker, sql: sql, verb, path: name)
  }
}
