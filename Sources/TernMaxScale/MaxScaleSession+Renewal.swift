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
    note(try Self.prepare(line, settings, context))
    let fresh = state
    if let catalog = old.catalog, catalog != fresh.catalog { try set(.catalog(catalog), context) }
    if let level = old.isolation, level != fresh.isolation { try set(.isolation(level), context) }
    if old.isAutocommit != fresh.isAutocommit { try setAutocommit(old.isAutocommit, context) }
    if old.isReadOnly != fresh.isReadOnly { try set(.isReadOnly(old.isReadOnly), context) }
  }
}
