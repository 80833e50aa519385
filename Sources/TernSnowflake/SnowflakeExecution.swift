internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// How long a stopped statement's answer is waited for.
struct SnowflakeGrace: Sendable {
  var nanoseconds: Int64
  /// Ends all such waits: the connection is being closed.
  let end = CancelToken()
}

/// One request for a statement, from sending it to the answer that ends it: what still runs is
/// asked for again, what is cancelled or out of time is stopped on the server.
///
/// The thread that waits does all of it, so that the request's id is known before anybody can want
/// it stopped; what stops it goes over a line of its own. One thread at a time.
///
/// Source: Snowflake reference, sections 3.10 and 3.11.
final class SnowflakeExecution {
  /// The same for whatever is the same statement to the caller.
  let id = SnowflakeRequestID()
  /// The cancel or deadline that stopped the statement; its answer tells whether in time.
  private(set) var interruption: TernError?

  /// What a cancel ends on the server.
  enum Target {
    /// The request that this sends, with its text.
    case request(sql: String)
    /// A statement by its own id.
    case query(String)
    /// Nothing: the statement is not this caller's.
    case nothing
  }

  private let line: SnowflakeLine
  private let target: Target
  private let grace: SnowflakeGrace
  /// When the wait for the answer to a stopped statement ends.
  private var graceEnd = Deadline.never
  private var abortCount = 0
  /// Whether the server has promised to stop the statement.
  private var isStopping = false

  init(_ line: SnowflakeLine, _ target: Target, _ grace: SnowflakeGrace) {
    self.line = line
    self.target = target
    self.grace = grace
  }

  /// What came back at last, and what its `data` say.
  struct End {
    var reply: SnowflakeReply
    var answer: SnowflakeAnswer
  }

  /// Sends the statement and waits for its end.
  ///
  /// - Parameter isDetached: whether to return as soon as the server has taken it.
  /// - Throws: `.cancelled`, `.timeout`, `.connection`. A statement that failed is an answer.
  func run(
    _ body: [UInt8], accept: SnowflakeRequest.Accept, isDetached: Bool = false,
    _ context: CallContext
  ) throws(TernError) -> End {
    try context.check("sending a statement")
    do throws(TernError) {
      let reply = try line.post(
        "/queries/v1/query-request", body, as: id, accept: accept, context,
        whenInterrupted: { [self] in stop($0) })
      let end = try Self.end(reply)
      return isDetached ? end : try finish(end, context)
    } catch {
      throw ended(error)
    }
  }

  /// Waits for the end of a statement that was sent before, here or elsewhere.
  func result(of queryID: String, _ context: CallContext) throws(TernError) -> End {
    do throws(TernError) {
      let reply = try get("/queries/\(queryID)/result", context)
      return try finish(try Self.end(reply), context)
    } catch {
      throw ended(error)
    }
  }

  private static func end(_ reply: SnowflakeReply) throws(TernError) -> End {
    End(reply: reply, answer: try SnowflakeAnswer(reply.body, data: reply.data ?? 0..<0))
  }

  private func get(_ path: String, _ context: CallContext) throws(TernError) -> SnowflakeReply {
    try line.get(path, as: id, context, whenInterrupted: { [self] in stop($0) })
  }
}

// Asking again.
extension SnowflakeExecution {
  /// Whether the statement still runs. Some servers call that a success, some do not; the address
  /// of the result without a result says it too.
  static func isInProgress(_ end: End) -> Bool {
    if let code = end.reply.code, SnowflakeErrors.Code.inProgress.contains(code) { return true }
    return end.reply.isSuccess && end.answer.resultPath != nil && !end.answer.hasRows
      && end.answer.columns == nil
  }

  /// A question that took this long was held by the server, which is a pause by itself.
  private static let heldNanoseconds: Int64 = 1_000_000_000

  /// Asks for the result until the statement has ended.
  private func finish(_ first: End, _ context: CallContext) throws(TernError) -> End {
    var end = first
    var pauses = SnowflakePollPauses()
    var path: String?
    while Self.isInProgress(end) {
      path = try Self.path(of: end.answer, line.origin) ?? path
      guard let path else { throw .badReply("a statement that runs on without an id") }
      try pause(pauses.next(), context)
      let start = Deadline.now
      end = try Self.end(try get(path, interruption == nil ? context : rest))
      if Deadline.now - start > Self.heldNanoseconds { pauses = SnowflakePollPauses() }
    }
    return end
  }

  /// Where the result is asked for: what the server says if that is this server, else by the
  /// query's id. The session's token goes nowhere else.
  static func path(
    of answer: SnowflakeAnswer, _ origin: HTTPOrigin
  ) throws(TernError) -> String? {
    if let told = answer.resultPath {
      if told.hasPrefix("/"), !told.hasPrefix("//"), isPlain(told) { return told }
      if let (place, target) = HTTPOrigin.split(url: told), place == origin, isPlain(target) {
        return target
      }
      Log.write(.warning, "snowflake: the address of a result is not on this host: not used")
    }
    guard let id = answer.queryID else { return nil }
    guard SnowflakeSQL.isQueryID(id) else { throw .badReply("a query id that is none") }
    return "/queries/\(id)/result"
  }

  /// Whether a text can stand in a request line as it is.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
  }

  /// Waits; a cancel or deadline meanwhile stops the statement, whose end is then asked for.
  private func pause(_ nanoseconds: Int64, _ context: CallContext) throws(TernError) {
    let what = "waiting for a statement that runs on the server"
    guard interruption == nil else {
      return try rest.pause(nanoseconds, what)
    }
    do throws(TernError) {
      try context.pause(nanoseconds, what)
    } catch {
      guard stop(error) != nil else { throw error }
    }
  }
}

/// The pauses between two questions for a result: short for what ends soon, long for what does not.
struct SnowflakePollPauses {
  private var count = 0
  /// What all pauses are divided by.
  private let haste: Int64

  /// - Parameter haste: what all pauses are divided by, for tests.
  init(haste: Int64 = 1) { self.haste = max(1, haste) }

  private static let first: [Int64] = [5, 10, 20, 40, 250].map { $0 * 1_000_000 }
  private static let longest: Int64 = 16_000_000_000

  /// The next pause, in nanoseconds.
  mutating func next() -> Int64 {
    defer { count += 1 }
    if count < Self.first.count { return Self.first[count] / haste }
    let next = (Self.first.last ?? 0) << min(count - Self.first.count + 1, 8)
    return min(Self.longest, next) / haste
  }
}

// Stopping.
extension SnowflakeExecution {
  /// How long one request to stop it may take.
  private static let abortNanoseconds: Int64 = 3_000_000_000
  /// The wait behind telling a server for the first time that does not know the statement (000605);
  /// twice as long each time, five times.
  ///
  /// It is told until the time of grace is over, not only five times as other clients do: a
  /// statement that waits for a warehouse begins late, and would run to its end.
  private static let waitNanoseconds: Int64 = 50_000_000

  /// What is left of the time of grace.
  private var rest: CallContext { CallContext(deadline: graceEnd, cancelToken: grace.end) }

  /// Tells the server to stop the statement, and again while it does not know it: what is told
  /// before the statement has begun there stops nothing.
  ///
  /// - Returns: how long its answer is waited for before this is called again, and at most; nil
  ///   when the time of grace is over.
  private func stop(_ error: TernError) -> (wait: CallContext, rest: CallContext)? {
    // A silent line is dead, and the statement with it; nobody asked for it to stop.
    guard interruption != nil || error.kind == .cancelled || error.sqlState == .timeout else {
      return nil
    }
    if case .nothing = target { return nil }
    if interruption == nil {
      interruption = error
      graceEnd = .after(grace.nanoseconds, .query)
    }
    guard !graceEnd.isOver, !grace.end.isCancelled else { return nil }
    if !isStopping { isStopping = abort() }
    let pause = isStopping ? grace.nanoseconds : Self.waitNanoseconds << min(abortCount, 5)
    let wait = Deadline.after(pause, .query).earlier(graceEnd)
    abortCount += 1
    return (CallContext(deadline: wait, cancelToken: grace.end), rest)
  }

  /// Whether the server says that it stops the statement.
  private func abort() -> Bool {
    let path: String
    var writer = JSONWriter()
    writer.beginObject()
    switch target {
    case .request(let sql):
      path = "/queries/v1/abort-request"
      writer.member("sqlText", sql)
      writer.member("requestId", id.text)
    case .query(let queryID): path = "/queries/\(queryID)/abort-request"
    case .nothing: return false
    }
    writer.endObject()
    let context = rest.limited(to: .after(Self.abortNanoseconds, .query))
    do throws(TernError) {
      let reply = try line.post(
        path, writer.finish(), as: SnowflakeRequestID(), accept: .json, context)
      if !reply.isSuccess {
        Log.write(.debug, "snowflake: \(id.text) cannot be stopped yet: \(reply.message)")
      }
      return reply.isSuccess
    } catch {
      Log.write(.warning, "snowflake: \(id.text) could not be stopped: \(error)")
      return false
    }
  }

  /// How often a statement is stopped whose answer nobody waits for any longer.
  private static let unseenAbortCountMax = 3

  /// Stops what may run although no request is under way: the wait ended between two attempts.
  private func stopUnseen(_ error: TernError) {
    for _ in 0..<Self.unseenAbortCountMax {
      guard let (wait, _) = stop(error), !isStopping else { return }
      let idle = Monitor(false)
      try? idle.wait(wait, "stopping a statement") { _ -> Void? in nil }
    }
  }

  /// What an error means: a statement whose end nobody has seen may run on.
  private func ended(_ error: TernError) -> TernError {
    guard let interruption else {
      if error.kind == .cancelled || error.sqlState == .timeout { stopUnseen(error) }
      return error
    }
    guard !isStopping, line.isAlive else { return interruption }
    if graceEnd.isOver {
      line.condemn(.lineLost("a statement could not be stopped: \(error.message)"))
    } else {
      // It was answered, but not with its end: such as that its session's token had expired.
      stopUnseen(error)
    }
    return interruption
  }
}
