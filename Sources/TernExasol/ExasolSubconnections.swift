internal import TernColumns
internal import TernCore
internal import TernDriver

/// Further connections to the nodes of the cluster, which belong to one session and read shares of
/// its results.
///
/// Only `fetch` may run on one of them alone; every other command goes to all at the same time, or
/// it hangs. Source: Exasol reference, section 5 "Parallel reads".
final class ExasolSubconnections: Sendable {
  let lines: [ExasolLine]
  private let session: ExasolSession
  /// Whether autocommit was on before, and is to be on again.
  private let restoresAutocommit: Bool
  private let isOpen = Locked(true)

  private init(_ session: ExasolSession, _ lines: [ExasolLine], restoresAutocommit: Bool) {
    self.session = session
    self.lines = lines
    self.restoresAutocommit = restoresAutocommit
  }

  /// Opens at most `countMax` of them; nil where nothing would be gained or it does not work, in
  /// which case everything is as before and the session warns.
  static func open(
    _ session: ExasolSession, countMax: Int, _ context: CallContext
  ) throws(TernError) -> ExasolSubconnections? {
    let restoresAutocommit = session.state.isAutocommit
    if restoresAutocommit { try session.setAutocommit(false, context) }
    do throws(TernError) {
      if let lines = try lines(session, countMax, context) {
        return ExasolSubconnections(session, lines, restoresAutocommit: restoresAutocommit)
      }
    } catch {
      guard session.isAlive else { throw error }
      let isGivenUp = context.cancelToken.isCancelled || context.deadline.isOver
      if isGivenUp {
        // Nothing of the attempt may stay: the caller's next statement runs in this session.
        let rest = session.line.grace
        try leave(session, restoresAutocommit, rest)
        throw error
      }
      session.warn(
        Warning(.optionChanged, "parallel reading is off for this statement: \(error.message)"))
    }
    try leave(session, restoresAutocommit, context)
    return nil
  }

  /// As if nothing had been asked for.
  private static func leave(
    _ session: ExasolSession, _ restoresAutocommit: Bool, _ context: CallContext
  ) throws(TernError) {
    try request(session, 0, context)
    if restoresAutocommit { try session.setAutocommit(true, context) }
  }

  private static func lines(
    _ session: ExasolSession, _ countMax: Int, _ context: CallContext
  ) throws(TernError) -> [ExasolLine]? {
    let hostIP = session.line.peerAddress
    let fields = try session.fields(of: ExasolRequest.hosts(hostIP), context)
    let nodeCount = Int(clamping: try fields.requiredNumber("numNodes"))
    guard nodeCount > 1, countMax > 1, Int64(session.login.sessionID) != nil else { return nil }
    let wanted = min(nodeCount, countMax)
    let reply = try request(session, wanted, context)
    let count = Int(clamping: try reply.requiredNumber("numOpenConnections"))
    guard count > 0, count <= wanted, let token = try reply.number("token") else { return nil }
    let nodes = try addresses(session, reply.list("nodes") ?? fields.list("nodes") ?? [])
    guard nodes.count >= count else { throw .badReply("fewer nodes than connections") }
    let ticket = ExasolSubTicket(token: token, sessionID: session.login.sessionID)
    let (opener, version) = (session.opener, session.login.protocolVersion)
    let main = session.line.host
    let lines = Locked<[ExasolLine]>([])
    do throws(TernError) {
      return try together(count, context) { index, context throws(TernError) in
        let line = try opener.openSubconnection(
          nodes[index], of: main, ticket, protocolVersion: version, context)
        lines.withLock { $0.append(line) }
        return line
      }
    } catch {
      for line in lines.current { line.close(CallContext(deadline: .after(1, .network))) }
      throw error
    }
  }

  /// Runs `body` for all at once; the first failure ends the others, which would wait for it.
  private static func together<Answer: Sendable>(
    _ count: Int, _ context: CallContext,
    _ body: @escaping @Sendable (Int, CallContext) throws(TernError) -> Answer
  ) throws(TernError) -> [Answer] {
    let token = CancelToken()
    let first = Locked<TernError?>(nil)
    let observer = context.cancelToken.observe { token.cancel() }
    defer { context.cancelToken.forget(observer) }
    if context.cancelToken.isCancelled { token.cancel() }
    let group = CallContext(deadline: context.deadline, cancelToken: token)
    do throws(TernError) {
      return try concurrently(count) { index throws(TernError) in
        do throws(TernError) {
          return try body(index, group)
        } catch {
          first.withLock { $0 = $0 ?? error }
          token.cancel()
          throw error
        }
      }
    } catch {
      throw first.current ?? error
    }
  }

  /// `host` takes the database port, `host:port` its own.
  private static func addresses(
    _ session: ExasolSession, _ nodes: [String]
  ) throws(TernError) -> [HostAddress] {
    let port = session.line.host.port
    var addresses: [HostAddress] = []
    for node in nodes {
      guard let colon = node.lastIndex(of: ":"), !node.hasSuffix("]"),
        node.firstIndex(of: ":") == colon || node.hasPrefix("[")
      else {
        addresses.append(HostAddress(host: node, port: port))
        continue
      }
      guard let own = UInt16(node[node.index(after: colon)...]), own > 0 else {
        throw .badReply("a node address with a malformed port")
      }
      addresses.append(HostAddress(host: String(node[..<colon]), port: own))
    }
    return addresses
  }

  @discardableResult
  private static func request(
    _ session: ExasolSession, _ count: Int, _ context: CallContext
  ) throws(TernError) -> ExasolFields {
    let request =
      session.login.protocolVersion >= 4
      ? ExasolRequest.requestParallelConnections(count)
      : ExasolRequest.enterParallel(session.line.peerAddress, count)
    return try session.fields(of: request, context)
  }

  /// Sends a request on all of them at once.
  func onAll<Answer: Sendable>(
    _ request: [UInt8], _ context: CallContext,
    _ read: @escaping @Sendable (JSONReader) throws(TernError) -> Answer
  ) throws(TernError) -> [Answer] {
    let lines = lines
    return try concurrently(lines.count) { index throws(TernError) in
      let reply = try lines[index].exchange(
        request, .quick, feedbackSeconds: 1, context, read)
      if let exception = reply.exception { throw ExasolErrors.error(exception) }
      guard let answer = reply.payload else { throw .badReply("no responseData") }
      return answer
    }
  }

  /// Says goodbye on all, tells the main connection, and restores autocommit. Twice is fine.
  func close(_ handle: Int64?, _ context: CallContext) {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    guard wasOpen else { return }
    do throws(TernError) {
      if let handle {
        try tellAll(ExasolRequest.closeResultSets([handle]), context)
      }
      try tellAll(ExasolRequest.disconnect, context)
    } catch {
      Log.write(.info, "exasol: closing subconnections failed: \(error)")
    }
    for line in lines { line.close(context) }
    guard session.isAlive else { return }
    do throws(TernError) {
      if let handle { session.closeResultSet(handle, context) }
      try Self.request(session, 0, context)
      if restoresAutocommit {
        try session.end(.commit, context)
        try session.setAutocommit(true, context)
      }
    } catch {
      session.warn(Warning(.warning, "leaving parallel mode failed: \(error.message)"))
    }
  }

  private func tellAll(_ request: [UInt8], _ context: CallContext) throws(TernError) {
    let lines = lines
    _ = try concurrently(lines.count) { index throws(TernError) in
      _ = try lines[index].exchange(request, .quick, feedbackSeconds: 1, context) {
        json throws(TernError) in try json.skip()
      }
    }
  }
}
