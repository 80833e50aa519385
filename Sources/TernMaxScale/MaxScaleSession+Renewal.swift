internal import TernCore
internal import TernDriver

// The end of the connection's token.
//
// A connection whose token has ended can neither be used nor closed: it would stay for ever.
// Source: MaxScale reference, section 4.2.
extension MaxScaleSession {
  /// The token is looked at so often in its life, also when nobody calls.
  private static let lookCount: Int64 = 24
  /// From this part of its life on the connection is replaced, if nothing is lost by that.
  private static let renewalShare: Int64 = 6
  /// From this part of its life on it is closed, whatever is lost.
  private static let endShare: Int64 = 16

  var keepAliveNanoseconds: Int64 {
    line.tokenLife.map { max(1, $0.lifetime / Self.lookCount) } ?? 0
  }

  func keepAlive(_ context: CallContext) throws(TernError) { try renew(context) }

  /// Opens a new connection in the place of one whose token will end soon.
  ///
  /// - Throws: `.connection` if the old one holds what a new one would not have; it is closed then,
  ///   as long as that is possible.
  func renew(_ context: CallContext) throws(TernError) {
    guard line.isAlive, let life = line.tokenLife,
      life.remaining < life.lifetime / Self.renewalShare
    else { return }
    if !shared.withLock({ $0.hasState }), try !isInTransaction(context) {
      return try replace(context)
    }
    guard life.remaining < life.lifetime / Self.endShare else { return }
    let error = TernError.lineLost(
      "MaxScale's token for this connection ends, and a transaction, temporary tables, variables "
        + "or locks would be lost in a new one: the connection was closed")
    line.condemn(error)
    line.close(context)
    throw error
  }

  private func replace(_ context: CallContext) throws(TernError) {
    Log.write(.info, "maxscale: the connection's token ends: opening a new connection")
    let old = state
    try line.reopen(context)
    try restore(old, context)
  }

  /// Brings a new connection into the state that the old one had; one that cannot be is given up.
  private func restore(_ old: SessionState, _ context: CallContext) throws(TernError) {
    do throws(TernError) {
      note(try Self.prepare(line, settings, context))
      let fresh = state
      if let catalog = old.catalog, catalog != fresh.catalog { try set(.catalog(catalog), context) }
      if let level = old.isolation, level != fresh.isolation {
        try set(.isolation(level), context)
      }
      if old.isAutocommit != fresh.isAutocommit { try setAutocommit(old.isAutocommit, context) }
      if old.isReadOnly != fresh.isReadOnly { try set(.isReadOnly(old.isReadOnly), context) }
    } catch {
      let end = TernError.lineLost(
        "a new connection could not be brought into the state of the old one: \(error.message)")
      line.condemn(end)
      throw end
    }
  }
}

// A database that was lost, where the option `reconnect` allows to connect again.
//
// Source: MaxScale reference, sections 11 and 14.5.
extension MaxScaleSession {
  /// Whether the next call may connect again: nothing but autocommit work can have been lost.
  var canRevive: Bool {
    settings.reconnects && line.isLost
      && shared.withLock { $0.session.isAutocommit && !$0.hasState }
  }

  /// Connects a session whose database was lost again, where that is allowed; elsewhere the next
  /// request says what happened.
  ///
  /// - Throws: `.connection` if that fails: the next call tries again where only the database is
  ///   away, and the session is dead where a transaction was lost.
  func revive(_ context: CallContext) throws(TernError) {
    guard canRevive else { return }
    Log.write(.warning, "maxscale: the database connection was lost: connecting again")
    let old = state
    try line.reconnect(context)
    try restore(old, context)
    warn(Warning(.warning, "the database connection was lost, and was made again"))
  }

  /// Asks something that changes nothing, and once more on a new database connection where the old
  /// one turns out to be lost.
  func recovering<Answer>(
    _ context: CallContext, _ body: () throws(TernError) -> Answer
  ) throws(TernError) -> Answer {
    try revive(context)
    do throws(TernError) {
      return try body()
    } catch {
      guard canRevive else { throw error }
      try revive(context)
      return try body()
    }
  }
}
