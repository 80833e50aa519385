internal import TernColumns
internal import TernCore
internal import TernDriver

// Executing.
extension MaxScaleSession {
  func execute(
    _ sql: String, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    let text = MaxScaleText(sql, shared.withLock { $0.mode })
    guard text.markers.isEmpty else {
      throw .parameters(bound: 0, wanted: text.markers.count)
    }
    return try execute(MaxScaleCommand(text), options, context)
  }

  /// Runs a text whose markers have literals.
  func execute(
    _ command: MaxScaleCommand, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    try check(command.text)
    try revive(context)
    try renew(context)
    if command.text.leavesState { shared.withLock { $0.hasState = true } }
    if settings.exactness != .raw, command.text.isPlainSelect,
      let outcome = try fetch(MaxScaleQuery(command), options, context)
    {
      return ReadyOutcomes([outcome])
    }
    let results = try results(of: command.sql, context)
    try askForWarnings(behind: results, context)
    if command.text.mayChangeSession { try refresh(context) }
    return MaxScaleOutcomes(try outcomes(results, command.text, options))
  }

  /// Refuses what would make values unreadable.
  private func check(_ text: MaxScaleText) throws(TernError) {
    guard !text.changesCharacterSet else {
      throw .unsupported(
        "the session's character set is utf8mb4: in another, MaxScale makes texts NULL; CONVERT() "
          + "the values instead")
    }
  }

  /// Sends a text and reads all of its answer, rows as they stand there.
  func results(
    of sql: [UInt8], _ context: CallContext
  ) throws(TernError) -> [MaxScaleResult] {
    try checkSize(sql)
    let answer = try line.query(sql, context)
    let read = try line.guarded { () throws(TernError) in
      try MaxScaleReply.results(try answer.reader())
    }
    guard let results = read else { throw .badReply("a query that still runs was answered") }
    answer.eraser?()
    for case .failed(let fault) in results { try noteFailure(fault, answer.interruption) }
    return results
  }

  /// A dead database ends the session; a statement that was stopped for this call's sake is told
  /// as the call's own end.
  private func noteFailure(
    _ fault: MaxScaleFault, _ interruption: TernError?
  ) throws(TernError) {
    let error = MaxScaleErrors.error(fault)
    if error.kind == .connection { line.lose(error) }
    if let interruption, MaxScaleErrors.isInterruption(error) { throw interruption }
  }

  /// A text that the server refuses as too long costs the session.
  private func checkSize(_ sql: [UInt8]) throws(TernError) {
    let limit = shared.withLock { $0.packetByteCountMax }
    guard Int64(sql.count) < limit - 1_024 else {
      throw TernError(
        .sql, .general,
        "the statement has \(sql.count) bytes, the server takes \(limit) (max_allowed_packet)")
    }
  }

  /// Reads again what statements may have changed, and takes back the character set.
  func refresh(_ context: CallContext) throws(TernError) {
    guard line.isAlive else { return }
    var facts = try ownFacts(context)
    if facts.characterSet != "utf8mb4" {
      try run("SET NAMES utf8mb4", context)
      facts = try ownFacts(context)
      warn(
        Warning(
          .optionChanged, "the session's character set stays utf8mb4, in which MaxScale answers"))
    }
    note(facts)
  }

  /// Takes over what the server has to say beside the success of the last statement, where the
  /// option `show_warnings` asks for that.
  ///
  /// - Parameter answers: what the statement answered; nil if it is not known yet. Counts tell
  ///   whether there are warnings.
  func askForWarnings(
    behind answers: [MaxScaleResult]? = nil, _ context: CallContext
  ) throws(TernError) {
    guard settings.showsWarnings, line.isAlive,
      answers?.contains(where: \.mayHaveWarnings) ?? true
    else { return }
    for case .rows(let rows) in try results(of: Array("SHOW WARNINGS".utf8), context) {
      for row in try rows.texts() where row.count >= 3 && row[0] != "Error" {
        warn(Warning(.warning, "\(row[1] ?? "0"): \(row[2] ?? "")"))
      }
    }
  }

  /// What the server says about the session now.
  private func ownFacts(_ context: CallContext) throws(TernError) -> MaxScaleFacts {
    for result in try results(of: Array(MaxScaleFacts.query.utf8), context) {
      switch result {
      case .rows(let rows): return try MaxScaleFacts(rows)
      case .failed(let fault): throw MaxScaleErrors.error(fault)
      case .changed: break
      }
    }
    throw .badReply("no facts about the session")
  }
}

// Queries whose columns are known before their rows.
extension MaxScaleSession {
  /// Errors that the rewriting itself may cause: the text is then run as it is.
  private static let rewritingErrors: Set<Int32> = [1060, 1064, 1222, 1267, 1270, 1271]

  /// Runs a query so that all values arrive whole; nil where that cannot be done.
  private func fetch(
    _ query: MaxScaleQuery, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> Outcome? {
    let asked = try recovering(context) { () throws(TernError) in try describe(query, context) }
    guard let description = asked else { return nil }
    if settings.makesSnapshots, settings.exactness == .exact {
      return try snapshot(query, description, options, context)
    }
    let rules = rules
    let expressions = description.types.enumerated().map { index, type in
      type.exactExpressions(MaxScaleQuery.name(index), rules)
    }
    guard settings.exactness == .exact, expressions.contains(where: { $0 != nil }) else {
      try refuse(description)
      return try stream(query.command.wrapped("", ""), description, nil, options, context)
    }
    let lists = expressions.enumerated().map { $1 ?? [MaxScaleQuery.name($0)] }
    let sql = query.fetch(lists.flatMap(\.self), of: lists.count)
    do throws(TernError) {
      return try stream(
        sql, description, MaxScalePieces(counts: lists.map(\.count)), options, context)
    } catch {
      guard Self.rewritingErrors.contains(error.vendorCode) else { throw error }
      Log.write(.info, "maxscale: a query could not be rewritten: \(error)")
      return nil
    }
  }

  /// With `exactness=error`, columns that would not arrive whole are refused before the query runs.
  private func refuse(_ description: MaxScaleDescription) throws(TernError) {
    let index = description.types.firstIndex { ![.none, .zeroCharacter].contains($0.loss) }
    guard let index, settings.exactness == .error else { return }
    throw .data(
      "column \(index + 1) (\(description.names[index])) of type \(description.types[index].name) "
        + "cannot be fetched exactly as it is: exactness=exact rewrites the query", .invalidCast)
  }

  /// Runs `sql` and hands out its rows while they arrive.
  ///
  /// - Parameter pieces: how the query was rewritten; nil if it runs as it is.
  private func stream(
    _ sql: [UInt8], _ description: MaxScaleDescription, _ pieces: MaxScalePieces?,
    _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> Outcome {
    try checkSize(sql)
    let answer = try line.query(sql, context)
    // The query has ended: another may follow while its rows are still to be read.
    try askForWarnings(context)
    var element = MaxScaleElement()
    let (reader, hasRows) = try line.guarded { () throws(TernError) in
      let reader = try answer.reader()
      guard try MaxScaleReply.enterResults(reader), try reader.nextElement() else {
        throw .badReply("a query without results")
      }
      return (reader, try element.readToRows(reader))
    }
    guard hasRows else {
      let result = try line.guarded { () throws(TernError) in try element.result() }
      if case .failed(let fault) = result {
        try noteFailure(fault, answer.interruption)
        throw MaxScaleErrors.error(fault)
      }
      throw .badReply("a query was answered without rows")
    }
    if element.isComplete == false { try checkCut(options) }
    let layout = MaxScaleLayout(description, rules, pieces)
    var checks = MaxScaleChecks()
    checks.rowCountMax = rowCountMax(options)
    let eraser = answer.eraser
    let tail = MaxScaleTail(element, layout)
    return .rows(
      try MaxScalePages(layout, reader, answer.response, checks, options, line) {
        reader throws(TernError) in
        var tail = tail
        try tail.read(reader)
        eraser?()
      })
  }

  /// What the option allows; nothing is said against more where the caller wants fewer anyway.
  func rowCountMax(_ options: ExecutionOptions) -> Int64 {
    let limit = settings.serverRowCountMax
    return options.rowCountMax > 0 && options.rowCountMax <= limit ? 0 : limit
  }

  /// MaxScale has sent as many rows as it was asked for, and has stopped there.
  func checkCut(_ options: ExecutionOptions) throws(TernError) {
    let limit = settings.serverRowCountMax
    guard limit > 0 else { throw MaxScalePages.cutByServer }
    if rowCountMax(options) > 0 { throw MaxScalePages.tooManyRows(limit) }
  }
}

/// What follows the rows of a streamed result, and what it says against them.
struct MaxScaleTail {
  private var element: MaxScaleElement
  /// How many columns the rows were read with.
  private let columnCount: Int
  /// Columns of the document that are no expressions, whose types say whether they came whole.
  private let plainColumns: Set<Int>

  init(_ head: MaxScaleElement, _ layout: MaxScaleLayout) {
    element = head
    columnCount = layout.pieces.counts.reduce(0, +)
    plainColumns = layout.plainColumns
  }

  /// Reads to the end of the document.
  mutating func read(_ reader: JSONReader) throws(TernError) {
    let wasComplete = element.isComplete
    while let name = try reader.nextKey() { try element.read(name, reader) }
    if wasComplete == nil, element.isComplete == false { throw MaxScalePages.cutByServer }
    let names = try element.checkedNames()
    guard names.count == columnCount else {
      throw .badReply("\(names.count) columns instead of \(columnCount)")
    }
    // The table may have changed since it was asked for its columns.
    if let columns = element.columns {
      for (index, column) in columns.enumerated() where plainColumns.contains(index) {
        let loss = MaxScaleType(column).loss
        guard loss != .none, loss != .zeroCharacter else { continue }
        throw .data(
          "column \(index + 1) (\(column.name)) has changed its type while it was read: run the "
            + "query again", .invalidCast)
      }
    }
    while try reader.nextElement() {
      guard case .failed(let fault) = try MaxScaleResult(reading: reader) else {
        throw .badReply("more than one result of a query")
      }
      throw MaxScaleErrors.error(fault)
    }
    try MaxScaleReply.leaveResults(reader)
  }
}

extension MaxScaleElement {
  /// Reads members up to the rows, before which the reader then stands; false if there are none.
  mutating func readToRows(_ reader: JSONReader) throws(TernError) -> Bool {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      if name == "data", try reader.peek() == .array { return true }
      try read(name, reader)
    }
    return false
  }
}
