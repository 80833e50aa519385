internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

// Executing and fetching.
extension AvaticaSession {
  func execute(
    _ sql: String, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    try checkTransaction()
    return try recovering(context) { () throws(TernError) in
      let cast = try cast(sql, context)
      return try executeOnce(cast?.sql ?? sql, as: cast?.columns, options, context)
    }
  }

  /// `columns` stand for those of the answer.
  private func executeOnce(
    _ sql: String, as columns: AvaticaSignature?, _ options: ExecutionOptions,
    _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    let statement: AvaticaStatement
    if let idle = takeIdle() {
      statement = AvaticaStatement(idle)
    } else {
      statement = AvaticaStatement(try line.createStatement(context))
    }
    let execution = try run(sql, as: columns, statement, options, context)
    guard execution.isStatementMissing else {
      return outcomes(execution, statement, options, sql: sql)
    }
    // Nothing was executed: the kept statement had expired.
    let fresh = AvaticaStatement(try line.createStatement(context))
    let second = try run(sql, as: columns, fresh, options, context)
    guard !second.isStatementMissing else { throw Self.missingStatement }
    return outcomes(second, fresh, options, sql: sql)
  }

  /// One `prepareAndExecute`, in the form that the server's version knows.
  private func run(
    _ sql: String, as columns: AvaticaSignature?, _ statement: AvaticaStatement,
    _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> AvaticaExecution {
    let isOld = isOld
    let message = AvaticaMessages.PrepareAndExecute(
      statement: statement.id, sql: sql, rowCountMax: options.rowCountMax, isOld: isOld,
      firstFrame: settings.firstFrame, columns: columns)
    do throws(TernError) {
      return try guarded(statement) { () throws(TernError) in try line.exchange(message, context) }
    } catch {
      // Refused before it was executed: a server of another age than it said.
      guard !isOld, error.message.contains("Unrecognized field \"maxRows") else {
        release(statement, context)
        throw error
      }
      shared.withLock { $0.isOld = true }
      return try run(sql, as: columns, statement, options, context)
    }
  }

  /// The results in order. A statement whose cursor is not needed is given back at once.
  ///
  /// `sql` is the text of a statement without parameters, which could be run again.
  func outcomes(
    _ execution: AvaticaExecution, _ statement: AvaticaStatement, _ options: ExecutionOptions,
    sql: String? = nil
  ) -> any Outcomes {
    var list: [Outcome] = []
    var hasRows = false
    for result in execution.results {
      if let signature = result.signature, result.updateCount == -1 || result.frame != nil {
        hasRows = true
        noteUse(of: statement, isLast: result.frame?.isLast ?? false)
        list.append(
          .rows(AvaticaPages(self, statement, signature, result.frame, options, sql: sql)))
      } else {
        list.append(.changed(rows: result.updateCount >= 0 ? result.updateCount : nil))
      }
    }
    if !hasRows, !statement.isPrepared {
      statement.isFinished = true
      release(statement, CallContext())
    }
    return ReadyOutcomes(list)
  }

  /// The next frame of a result; in protobuf its rows may be decoded later.
  func fetch(
    _ statement: AvaticaStatement, _ signature: AvaticaSignature, from position: Int64,
    _ rowCount: Int, expectedByteCount: Int = 0, _ context: CallContext
  ) throws(TernError) -> AvaticaArrival {
    let range = AvaticaMessages.FetchRange(
      statement: statement.id, offset: position, rowCount: Int64(rowCount))
    let message = AvaticaMessages.Fetch(range: range, signature: signature)
    let arrival: AvaticaArrival
    let head: (offset: Int64, hasFrame: Bool, isMissing: Bool)
    if line.encoding == .protobuf {
      let late = try guarded(statement) { () throws(TernError) in
        try receive(message, expectedByteCount, context)
      }
      head = (late.frame.offset, late.frame.hasFrame, late.frame.isMissing)
      arrival = late.arrival
    } else {
      let answer = try guarded(statement) { () throws(TernError) in
        try line.exchange(message, context)
      }
      head = (answer.frame?.offset ?? 0, answer.frame != nil, answer.isMissing)
      let rows = try answer.frame?.rows.map { rows throws(TernError) in
        try settings.calendar.corrected(rows, isFirstFrame: false)
      }
      arrival = AvaticaArrival(rows, isLast: answer.frame?.isLast ?? false)
    }
    noteUse(of: statement, isLast: arrival.isLast)
    if head.isMissing { throw Self.missingStatement }
    guard head.hasFrame else { throw ended(.badReply("a fetch without a frame")) }
    guard head.offset == position else {
      throw ended(.badReply("a frame at row \(head.offset) instead of \(position)"))
    }
    return arrival
  }

  /// Remembers that the server was asked for rows of a result just now, or that it has closed its
  /// cursor: then it must not be asked again, not even for none.
  private func noteUse(of statement: AvaticaStatement, isLast: Bool) {
    shared.withLock { $0.openResults[statement.id] = isLast ? .max : Deadline.now }
  }

  /// Frames of more bytes are decoded while they come.
  private static let heldByteCountMax = 32 << 20

  private func receive(
    _ message: AvaticaMessages.Fetch, _ expectedByteCount: Int, _ context: CallContext
  ) throws(TernError) -> (frame: AvaticaReceivedFrame, arrival: AvaticaArrival) {
    try line.receive(message, expectedByteCount, Self.heldByteCountMax, context) {
      reader, isWhole throws(TernError) in
      var frame = try AvaticaReceivedFrame(reading: reader, try message.signature.decoder())
      // A first row that is cut off is not counted, and must not pass for an empty frame.
      let isLate = isWhole && frame.rowCount > 0 && frame.hasWholeHead
      if isLate { return (frame, AvaticaArrival(frame)) }
      let rows = try frame.decoded().map { rows throws(TernError) in
        try settings.calendar.corrected(rows, isFirstFrame: false)
      }
      return (frame, AvaticaArrival(rows, isLast: frame.isLast))
    }
  }

  /// The rows of a frame that came before. Any thread.
  func rows(
    of frame: AvaticaReceivedFrame, from position: Int64, count: Int
  ) throws(TernError) -> Batch {
    var whole = frame
    do throws(TernError) {
      guard let rows = try whole.decoded(), rows.rowCount == frame.rowCount else {
        throw .badReply("a frame of another number of rows than it holds")
      }
      let right = try settings.calendar.corrected(rows, isFirstFrame: false)
      return count == right.rowCount ? right : try right.slice(0, count: count)
    } catch {
      if error.endsConnection { line.condemn(error) }
      throw error.prefixed("fetch from row \(position)")
    }
  }
}

// What is done when the server has forgotten something.
extension AvaticaSession {
  /// Runs `body`, and once more on a new connection if the server had forgotten the old one, where
  /// that is allowed: the answer says for certain that nothing was executed.
  func recovering<Result>(
    _ context: CallContext, _ body: () throws(TernError) -> Result
  ) throws(TernError) -> Result {
    do throws(TernError) {
      return try body()
    } catch {
      guard AvaticaErrors.isLostConnection(error), try reconnect(context) else { throw error }
      return try body()
    }
  }

  /// Opens the connection anew with the properties that it had; false where work could be lost.
  ///
  /// Source: Avatica reference, section 6.5: only in autocommit, without prepared statements and
  /// open results. Ids of the old connection are never sent with the new one's.
  private func reconnect(_ context: CallContext) throws(TernError) -> Bool {
    let (properties, isAllowed) = shared.withLock { state in
      (
        state.properties,
        settings.reconnects && state.properties.isAutocommit && state.openResults.isEmpty
          && state.preparedCount == 0
      )
    }
    guard isAllowed else { return false }
    shared.withLock { $0.idle = nil }
    Log.write(.warning, "avatica: the server has forgotten the connection: opening it again")
    try line.reopen(as: RandomBytes.makeUUID(), settings.information, context)
    try change(nil, context)
    let fresh = shared.withLock { $0.properties }
    for change in properties.changes(from: fresh) { try self.change(change, context) }
    return true
  }

  /// Runs a query again on a fresh statement and skips the rows that were read; nil where that is
  /// not allowed.
  ///
  /// Source: Avatica reference, section 6.4.
  func resume(
    _ sql: String, from position: Int64, _ context: CallContext
  ) throws(TernError) -> (statement: AvaticaStatement, hasMore: Bool)? {
    guard settings.resumes, state.isAutocommit, Self.isQuery(sql) else { return nil }
    Log.write(.warning, "avatica: running a query again from row \(position)")
    let statement = AvaticaStatement(try line.createStatement(context))
    let message = AvaticaMessages.SyncResults(
      statement: statement.id, state: .sql(sql), offset: position)
    let answer = try guarded(statement) { () throws(TernError) in
      try line.exchange(message, context)
    }
    guard !answer.isMissing else { throw Self.missingStatement }
    noteUse(of: statement, isLast: !answer.hasMore)
    return (statement, answer.hasMore)
  }

  /// Whether a text can only read: its first word, behind comments and brackets, says so.
  static func isQuery(_ sql: String) -> Bool {
    var rest = sql[...]
    while let first = rest.first {
      if rest.hasPrefix("--") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        rest = rest.dropFirst(2)
        while !rest.isEmpty, !rest.hasPrefix("*/") { rest.removeFirst() }
        rest = rest.dropFirst(2)
      } else if first.isWhitespace || first == "(" {
        rest.removeFirst()
      } else {
        break
      }
    }
    return ["SELECT", "VALUES"].contains(rest.prefix { $0.isLetter }.uppercased())
  }

  var keepAliveNanoseconds: Int64 { settings.keepAliveNanoseconds }

  /// Touches the connection, and every open result that was not asked for rows for a while.
  ///
  /// Source: Avatica reference, section 6.2: a fetch of no rows refreshes the statement and takes
  /// nothing; what it says about the end does not count.
  func keepAlive(_ context: CallContext) throws(TernError) {
    try change(nil, context)
    guard settings.flavour.hasExpiringResults else { return }
    let now = Deadline.now
    let idleMax = min(120_000_000_000, settings.keepAliveNanoseconds / 2)
    let quiet = shared.withLock { state in
      state.openResults.filter { $0.value <= now - idleMax }.map(\.key)
    }
    for id in quiet {
      let range = AvaticaMessages.FetchRange(statement: id, offset: 0, rowCount: 0)
      do throws(TernError) {
        _ = try line.exchange(AvaticaMessages.FetchTable(range: range), context)
      } catch {
        // One result that the server has lost must not cost the others theirs.
        guard line.isAlive, error.kind == .sql || error.kind == .data else { throw error }
        Log.write(.warning, "keep-alive of statement \(id): \(error)")
      }
    }
  }
}
