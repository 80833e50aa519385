internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

// Opening, and what MaxScale says about connections, which needs no token.
//
// Source: MaxScale reference, sections 4.2 and 5.1.
extension MaxScaleLine {
  /// How long a new connection's token is asked to live: a day, which is the most there is.
  private static let tokenSeconds = 86_400

  /// A request whose answer brings a token, in the way that the options ask for.
  static func asking(_ channel: MaxScaleChannel, _ request: MaxScaleRequest) -> MaxScaleRequest {
    var request = request
    request.query = [("max-age", "\(tokenSeconds)")]
    if channel.transport == .persist { request.query.append(("persist", "yes")) }
    return request
  }

  /// Sends a request to open a connection.
  static func opened(
    _ channel: MaxScaleChannel, _ request: MaxScaleRequest, _ context: CallContext
  ) throws(TernError) -> MaxScaleOpened {
    let now = Deadline.now
    let response = try channel.send(asking(channel, request), context)
    let body = try response.readAll()
    guard response.status == 201 else {
      throw channel.refusal(response.status, body, isOpening: true)
    }
    return try MaxScaleOpened(
      body, cookies: response.headers.all("Set-Cookie"), receivedAt: now)
  }

  /// The error of an opening; where the server takes no more connections, with how many of them
  /// MaxScale holds for clients like this one.
  static func counted(
    _ error: TernError, _ channel: MaxScaleChannel, _ context: CallContext
  ) -> TernError {
    guard MaxScaleErrors.isCrowded(error) else { return error }
    do throws(TernError) {
      let list = try channel.exchange(MaxScaleRequest("GET", "/sql"), [200], context)
      let count = try MaxScaleReply.ids(list).count
      var error = error
      error.message +=
        "; clients of this MaxScale's REST interface hold "
        + (count == 1 ? "1 connection" : "\(count) connections")
      return error
    } catch {
      Log.write(.info, "maxscale: connections could not be counted: \(error)")
    }
    return error
  }

  /// What MaxScale says about a connection.
  enum Standing: Hashable, Sendable {
    /// It has it; with the database's id of it, 0 where it does not tell.
    case standing(threadID: Int64)
    /// It does not know it.
    case gone
    /// There is no answer to that.
    case unknown
  }

  /// Asks MaxScale about a connection.
  func standing(_ token: MaxScaleToken, _ context: CallContext) -> Standing {
    do throws(TernError) {
      let request = MaxScaleRequest("GET", "/sql/\(token.connectionID)")
      let response = try channel.send(request, context)
      let body = try response.readAll()
      if response.status == 404 { return .gone }
      guard response.status == 200 else { throw channel.refusal(response.status, body) }
      return .standing(threadID: try MaxScaleResource(body).threadID)
    } catch {
      Log.write(.info, "maxscale: nothing is known about a connection: \(error)")
      return .unknown
    }
  }

  /// The error of a request on the connection that was refused. Where the answer's text leaves two
  /// reasons open, MaxScale is asked about the connection.
  func explained(_ status: Int, _ body: [UInt8], _ token: MaxScaleToken) -> TernError {
    let error = channel.refusal(status, body)
    let text = MaxScaleErrors.detail(body)
    let isTokenRefusal = MaxScaleErrors.isTokenRefusal(text)
    guard isTokenRefusal || text.contains("not found or is busy") else { return error }
    let grace = CallContext(deadline: .after(Self.graceNanoseconds, .network))
    let found = standing(token, grace)
    guard isTokenRefusal || found == .gone else { return error }
    let (isStanding, threadID): (Bool?, Int64) =
      switch found {
      case .standing(let id): (true, id)
      case .gone: (false, 0)
      case .unknown: (nil, 0)
      }
    return channel.placed(
      MaxScaleErrors.refusedToken(
        isStanding: isStanding, hasEnded: token.end.isOver, threadID: threadID))
  }
}

// A database that was lost while MaxScale kept the connection.
//
// Source: MaxScale reference, sections 6.1, 11 and 14.5.
extension MaxScaleLine {
  /// Whether the database behind MaxScale was lost, and nothing else. Any thread.
  var isLost: Bool { shared.withLock { $0.isLost } }

  /// Takes note of a lost database: every later call throws `error` unless it is connected again.
  func lose(_ error: TernError) {
    shared.withLock { state in
      state.isLost = state.isLost || state.failure == nil
      state.failure = state.failure ?? error
    }
  }

  /// Lets MaxScale connect to the database again: same id and token, a new session.
  ///
  /// It is asked once where it refuses: it does that when a transaction was open, and would drop
  /// the transaction the second time.
  /// - Throws: `.connection`; the connection is dead for good, unless only the database is away.
  func reconnect(_ context: CallContext) throws(TernError) {
    let token = shared.withLock { $0.token }
    let request = MaxScaleRequest("POST", "/sql/\(token.connectionID)/reconnect", token)
    let response = try channel.send(request, context)
    let body = try response.readAll()
    guard response.status == 204 else {
      let number = MaxScaleErrors.number(in: MaxScaleErrors.detail(body))
      let error = explained(response.status, body, token).prefixed(
        number == 2006
          ? "the database connection was lost with a transaction, which is gone"
          : "the database connection was lost and could not be made again")
      let isAway = response.status == 503 && number != nil && number != 2006
      if !isAway {
        shared.withLock { state in
          state.isLost = false
          state.failure = error
        }
      }
      throw error
    }
    var threadID: Int64 = 0
    if case .standing(let id) = standing(token, context) { threadID = id }
    shared.withLock { [threadID] state in
      state.failure = nil
      state.isLost = false
      state.threadID = threadID
      state.changesLimit = true
    }
  }

  /// What the next query asks for. MaxScale sends limits to the database when they change, and does
  /// not know that a new session has none: the first query behind a reconnect has another limit.
  var rowLimit: Int64 {
    let changes = shared.withLock { state in
      defer { state.changesLimit = false }
      return state.changesLimit
    }
    return changes ? rowCountMax - 1 : rowCountMax
  }
}
