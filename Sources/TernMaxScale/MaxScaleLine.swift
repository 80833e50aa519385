internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// One connection as MaxScale knows it: its id and token, and one query at a time on it.
///
/// Source: MaxScale reference, sections 5 and 14.
final class MaxScaleLine: Sendable {
  /// How long a stopped query may take to answer, and requests that only free something: 10
  /// seconds.
  static let graceNanoseconds: Int64 = 10_000_000_000

  struct State: Sendable {
    var token: MaxScaleToken
    /// The database's id of the connection, or MaxScale's own.
    var threadID: Int64
    /// The error that ended the connection; every later call throws it again.
    var failure: TernError?
    /// Whether only the database behind MaxScale was lost, so that it may be connected again.
    var isLost = false
    /// Whether the next query must ask for another number of rows than the ones before.
    var changesLimit = false
    var isClosed = false
    /// Whether MaxScale has an endpoint to stop queries; nil: not known yet.
    var hasCancel: Bool?
  }

  /// How the connection was opened, to open it again.
  struct Login: Sendable {
    var target: String
    var user: String
    var password: Secret
    var database: String
  }

  let channel: MaxScaleChannel
  private let login: Login
  let shared: Locked<State>
  /// What a query may return at most, the same for the connection's whole life.
  let rowCountMax: Int64
  /// Whether results are asked for again and again instead of waiting for them.
  private let isAsync: Bool

  /// Opens a connection: a login that the database refuses is reported here.
  ///
  /// The database's own time limit is switched off: its default of 10 seconds ends every query that
  /// is silent for that long, while it may go on and commit.
  init(
    _ channel: MaxScaleChannel, _ login: Login, rowCountMax: Int64, isAsync: Bool,
    _ context: CallContext
  ) throws(TernError) {
    self.channel = channel
    self.login = login
    self.isAsync = isAsync
    self.rowCountMax = rowCountMax
    shared = Locked(try Self.open(channel, login, context))
  }

  /// One request to open a connection.
  private static func open(
    _ channel: MaxScaleChannel, _ login: Login, _ context: CallContext
  ) throws(TernError) -> State {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("target")
    writer.value(login.target)
    writer.key("user")
    writer.value(login.user)
    writer.key("password")
    writer.value(login.password.text)
    if !login.database.isEmpty {
      writer.key("db")
      writer.value(login.database)
    }
    writer.key("timeout")
    writer.value(0)
    writer.endObject()
    var request = MaxScaleRequest("POST", "/sql")
    request.body = writer.bytes
    do throws(TernError) {
      let opened = try Self.opened(channel, request, context)
      return State(token: opened.token, threadID: opened.threadID)
    } catch {
      throw counted(error, channel, context)
    }
  }

  /// Whether nothing has ended the connection so far. Any thread.
  var isAlive: Bool { shared.withLock { $0.failure == nil } }

  /// MaxScale's id of the connection.
  var connectionID: String { shared.withLock { $0.token.connectionID } }

  /// When the token ends, after which the connection can be neither used nor closed, and how long
  /// it lives altogether; nil where it does not say.
  var tokenLife: (remaining: Int64, lifetime: Int64)? {
    let token = shared.withLock { $0.token }
    return token.end.remaining.map { ($0, token.lifetime) }
  }

  /// Makes every later call throw `error`. Any thread.
  func condemn(_ error: TernError) { shared.withLock { $0.failure = $0.failure ?? error } }

  /// Reads an answer; one that is malformed ends the connection.
  func guarded<Answer>(_ body: () throws(TernError) -> Answer) throws(TernError) -> Answer {
    do throws(TernError) {
      return try body()
    } catch {
      if error.endsConnection { condemn(error) }
      throw error
    }
  }

  /// Throws what ended the connection.
  func check() throws(TernError) {
    if let failure = shared.withLock({ $0.failure }) { throw failure }
  }

  /// Opens a new connection in the place of this one, which is closed first.
  func reopen(_ context: CallContext) throws(TernError) {
    delete(context)
    do throws(TernError) {
      let fresh = try Self.open(channel, login, context)
      shared.withLock { state in
        let hasCancel = state.hasCancel
        state = fresh
        state.hasCancel = hasCancel
      }
    } catch {
      condemn(error)
      throw error
    }
  }

  /// Closes the connection; MaxScale rolls back. Twice is fine.
  ///
  /// Dead connections are closed too: MaxScale keeps them for ever.
  func close(_ context: CallContext) {
    let wasOpen = shared.withLock { state in
      defer { state.isClosed = true }
      state.failure = state.failure ?? .closedConnection
      state.isLost = false
      return !state.isClosed
    }
    if wasOpen { delete(context) }
    channel.close()
  }
}

// Queries.
extension MaxScaleLine {
  /// Sends `sql` and waits for the head of the answer.
  ///
  /// A cancel or the query's deadline stops the query on the server and waits for the answer that
  /// is still owed: it says whether the query was stopped or had ended before.
  /// - Parameter sql: UTF-8 without U+0000.
  func query(_ sql: [UInt8], _ context: CallContext) throws(TernError) -> MaxScaleAnswer {
    try check()
    try context.check("sending a query")
    let token = shared.withLock { $0.token }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("sql")
    writer.value(utf8: sql.span)
    writer.key("max_rows")
    writer.value(rowLimit)
    writer.endObject()
    var request = MaxScaleRequest("POST", "/sql/\(token.connectionID)/queries", token)
    request.body = writer.bytes
    let answer = MaxScaleAnswer()
    request.whenInterrupted = { [self] error in stop(answer, error) }
    do throws(TernError) {
      if isAsync { request.query = [("async", "true")] }
      answer.take(try channel.send(request, context))
      if answer.response?.status == 202 {
        let grace = CallContext(deadline: .after(Self.graceNanoseconds, .network))
        try poll(token, answer, answer.interruption == nil ? context : grace)
      }
      guard answer.response?.status == 201 else { throw try refusal(of: answer, token) }
      return answer
    } catch {
      throw ended(error, answer)
    }
  }

  /// The error of an answer that is no result.
  private func refusal(
    of answer: MaxScaleAnswer, _ token: MaxScaleToken
  ) throws(TernError) -> TernError {
    guard let response = answer.response else { return .internal("an answer without a response") }
    return explained(response.status, try response.readAll(), token)
  }

  /// What an error means for the connection.
  private func ended(_ error: TernError, _ answer: MaxScaleAnswer) -> TernError {
    if let interruption = answer.interruption, answer.response?.status != 201 {
      // Nobody knows what the query does.
      var end = error
      if !end.endsConnection { end = .lineLost("a query could not be stopped: \(error.message)") }
      condemn(end)
      return interruption
    }
    guard error.endsConnection else { return error }
    var end = error
    if end.kind == .connection { end.sqlState = .linkFailure }
    condemn(end)
    return end
  }

  /// How long a stopped query's answer is waited for before the server is told again.
  private static let stopNanoseconds: Int64 = 300_000_000

  /// Tells the server to stop the query, and again while there is no answer: what is told before
  /// the query has begun there stops nothing, and is answered as if it had (reference, trap 43).
  private func stop(
    _ answer: MaxScaleAnswer, _ error: TernError
  ) -> (wait: CallContext, rest: CallContext)? {
    if answer.interruption == nil {
      answer.interruption = error
      answer.graceEnd = .after(Self.graceNanoseconds, .network)
    }
    guard !answer.graceEnd.isOver, stop() != nil else { return nil }
    let wait = Deadline.after(Self.stopNanoseconds, .query).earlier(answer.graceEnd)
    return (CallContext(deadline: wait), CallContext(deadline: answer.graceEnd))
  }

  /// Tells the server to stop what runs on the connection. Returns how long its answer is waited
  /// for; nil where it cannot be told.
  private func stop() -> CallContext? {
    let grace = CallContext(deadline: .after(Self.graceNanoseconds, .network))
    do throws(TernError) {
      if try !cancel(grace) { try kill(grace) }
      return grace
    } catch {
      Log.write(.warning, "maxscale: a query could not be stopped: \(error)")
      return nil
    }
  }

  /// Asks MaxScale to stop the query; false where it has no such endpoint (before 23.02).
  private func cancel(_ context: CallContext) throws(TernError) -> Bool {
    let (token, hasCancel) = shared.withLock { ($0.token, $0.hasCancel) }
    if hasCancel == false { return false }
    let request = MaxScaleRequest("POST", "/sql/\(token.connectionID)/cancel", token)
    let response = try channel.send(request, context)
    let body = try response.readAll()
    // An unknown connection is told with a text, an unknown path without.
    if response.status == 404, body.isEmpty {
      shared.withLock { $0.hasCancel = false }
      return false
    }
    guard response.status == 200 else { throw channel.refusal(response.status, body) }
    shared.withLock { $0.hasCancel = true }
    return true
  }

  /// Kills the query from another connection.
  private func kill(_ context: CallContext) throws(TernError) {
    let threadID = shared.withLock { $0.threadID }
    let clone = try twin(context)
    defer { delete(clone, context) }
    var request = MaxScaleRequest("POST", "/sql/\(clone.connectionID)/queries", clone)
    request.body = Array("{\"sql\":\"KILL QUERY \(threadID)\",\"max_rows\":\(rowCountMax)}".utf8)
    _ = try channel.exchange(request, [201], context)
  }
}

extension MaxScaleLine {
  /// A second connection like this one: its clone, or where there are no clones (6.x) one that is
  /// opened anew.
  private func twin(_ context: CallContext) throws(TernError) -> MaxScaleToken {
    let token = shared.withLock { $0.token }
    let now = Deadline.now
    let request = Self.asking(
      channel, MaxScaleRequest("POST", "/sql/\(token.connectionID)/clone", token))
    let response = try channel.send(request, context)
    let body = try response.readAll()
    if response.status == 201 {
      let cookies = response.headers.all("Set-Cookie")
      return try MaxScaleOpened(body, cookies: cookies, receivedAt: now).token
    }
    guard response.status == 404, body.isEmpty else {
      throw channel.refusal(response.status, body, isOpening: true)
    }
    // What a router takes for a number of its own may be somebody else's there.
    let servers = try channel.exchange(MaxScaleRequest("GET", "/servers"), [200], context)
    guard try MaxScaleReply.ids(servers).contains(login.target) else {
      throw .unsupported("MaxScale 6 cannot stop queries that go through a router")
    }
    return try Self.open(channel, login, context).token
  }

  /// Takes note of the database's own id of the connection, where opening it did not tell one.
  func note(threadID: Int64) {
    shared.withLock { state in if state.threadID == 0 { state.threadID = threadID } }
  }
}

// Results that are asked for.
extension MaxScaleLine {
  /// Pauses between two questions for a result: each is twice as long as the one before.
  private static let pollNanosecondsMin: Int64 = 5_000_000
  private static let pollNanosecondsMax: Int64 = 500_000_000

  /// Asks for the result of a query until it is there; a cancel or the query's deadline stops the
  /// query, whose end is then asked for.
  ///
  /// Source: MaxScale reference, section 5.3. The address in the answer's head is wrong; the id in
  /// its body is right.
  private func poll(
    _ token: MaxScaleToken, _ answer: MaxScaleAnswer, _ context: CallContext
  ) throws(TernError) {
    let id = try MaxScaleReply.queryID(try answer.response?.readAll() ?? [])
    guard MaxScaleToken.isPlain(id) else { throw .badReply("a query id with other characters") }
    var request = MaxScaleRequest("GET", "/sql/\(token.connectionID)/queries/\(id)", token)
    request.isSafeToRepeat = true
    var context = context
    var wait = Self.pollNanosecondsMin
    while true {
      do throws(TernError) {
        try context.pause(wait, "waiting for MaxScale")
        let response = try channel.send(request, context)
        if response.status != 202 {
          answer.take(response)
          answer.eraser = { [weak self] in self?.erase(token, id) }
          return
        }
        try response.discard()
        wait = min(2 * wait, Self.pollNanosecondsMax)
      } catch {
        guard error.kind == .cancelled || error.kind == .timeout, !error.endsConnection,
          answer.interruption == nil
        else { throw error }
        answer.interruption = error
        guard let rest = stop() else { throw error }
        context = rest
        wait = Self.pollNanosecondsMin
      }
    }
  }

  /// Lets MaxScale forget a result that was read; one that it has forgotten is as good.
  private func erase(_ token: MaxScaleToken, _ id: String) {
    let context = CallContext(deadline: .after(1_000_000_000, .network))
    let request = MaxScaleRequest(
      "DELETE", "/sql/\(token.connectionID)/queries/\(id)", token)
    _ = try? channel.exchange(request, [200, 204, 400, 404, 503], context)
  }
}

// Closing.
extension MaxScaleLine {
  /// How often a busy connection is tried to be closed, and the pause between.
  private static let deleteCountMax = 3
  private static let pauseNanoseconds: Int64 = 100_000_000

  private func delete(_ context: CallContext) {
    delete(shared.withLock { $0.token }, context)
  }

  /// Closes a connection; one that is busy is told to stop first.
  private func delete(_ token: MaxScaleToken, _ context: CallContext) {
    let goodbye = CallContext(
      deadline: context.deadline.earlier(.after(Self.graceNanoseconds, .network)))
    do throws(TernError) {
      for _ in 0..<Self.deleteCountMax {
        let request = MaxScaleRequest("DELETE", "/sql/\(token.connectionID)", token)
        let response = try channel.send(request, goodbye)
        let body = try response.readAll()
        let isBusy =
          (response.status == 404 || response.status == 503)
          && MaxScaleErrors.detail(body).contains("busy")
        guard isBusy else {
          guard response.status != 204, response.status != 404 else { return }
          throw channel.refusal(response.status, body)
        }
        // Before 23.02 the same is said of connections that do not exist.
        guard standing(token, goodbye) != .gone else { return }
        _ = try cancel(goodbye)
        try goodbye.pause(Self.pauseNanoseconds, "waiting for MaxScale")
      }
      throw .lineLost("it is busy")
    } catch {
      Log.write(
        .warning, "maxscale: connection \(token.connectionID) was left open: \(error)")
    }
  }
}

/// The answer to a query whose body is still to be read.
final class MaxScaleAnswer {
  fileprivate(set) var response: HTTPResponse?
  /// The cancel or deadline that stopped the query.
  fileprivate(set) var interruption: TernError?
  /// When the wait for a stopped query's answer ends.
  fileprivate var graceEnd = Deadline.never
  /// Frees a result that MaxScale keeps, once it was read.
  fileprivate(set) var eraser: (@Sendable () -> Void)?

  fileprivate init() {}

  /// The rest of an interrupted answer is read within the time of grace.
  fileprivate func take(_ response: HTTPResponse) {
    self.response = response
    guard interruption != nil else { return }
    response.context = CallContext(
      deadline: .after(MaxScaleLine.graceNanoseconds, .network))
  }

  /// Answers up to here are received at once, which frees their line for the next request.
  private static let shortByteCountMax = 256 << 10

  /// A reader of the answer.
  func reader() throws(TernError) -> JSONReader {
    guard let response else { throw .internal("an answer without a response") }
    let length = response.headers["Content-Length"].flatMap { Int($0) } ?? .max
    let isShort = length <= Self.shortByteCountMax
    let reader = try JSONReader(response, windowByteCount: isShort ? length + 64 : 512 << 10)
    if isShort { _ = try reader.receiveAll(length) }
    return reader
  }
}
