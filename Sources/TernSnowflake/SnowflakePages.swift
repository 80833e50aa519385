internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// The rows of one answer: those in it, and those in the store.
///
/// Source: sections 3.5 and 4.
final class SnowflakePages: PageSource {
  let columns: [ColumnDescription]
  let rowCount: Int64?
  let queryID: String?
  // The service has ended the query: its session is free.
  let usesSession = false

  private struct State: Sendable {
    /// The rows of the answer, until they were read.
    var inline: SnowflakeInline?
    var reader: SnowflakeReader?
    var feed: SnowflakeFeed?
    var isFinished = false
    var isClosed = false
  }

  private let layout: SnowflakeLayout
  private let options: ExecutionOptions
  private let store: SnowflakeStore
  private let chunkCount: Int
  private let chunkRowCount: Int64
  private let returned: Int64?
  private let makeFeed: @Sendable (_ firstRow: Int64) -> SnowflakeFeed
  private let state: Locked<State>

  /// The rows of `answer`, whose query is at its end.
  ///
  /// - Parameter renewal: gives the answer again when the addresses of its parts have expired.
  /// - Throws: `.connection` for rows without a description of their columns.
  init(
    _ answer: SnowflakeAnswer, _ types: SnowflakeTypeOptions, _ options: ExecutionOptions,
    _ store: SnowflakeStore, renewal: SnowflakeFeed.Renewal? = nil
  ) throws(TernError) {
    var types = types
    types.version = answer.version ?? 1
    guard let described = answer.columns else { throw .badReply("rows without their columns") }
    layout = SnowflakeLayout(described, types)
    self.options = options
    self.store = store
    columns = layout.columns
    // `total` counts what a count of changed rows does not; `returned` is what comes.
    rowCount = answer.returned ?? answer.total
    queryID = answer.queryID
    returned = answer.returned
    chunkCount = answer.chunks.count
    chunkRowCount = answer.chunks.rowCount
    // The list of parts, not the document around it.
    var bare = answer
    bare.body = []
    makeFeed = { [bare] firstRow in SnowflakeFeed(bare, firstRow: firstRow, renewal) }
    state = Locked(State(inline: try SnowflakeInline(answer)))
  }

  var isFinished: Bool { state.withLock { $0.isFinished } }

  func nextPage(_ context: CallContext) throws(TernError) -> Batch? {
    let (inline, isFinished, isClosed) = state.withLock { ($0.inline, $0.isFinished, $0.isClosed) }
    guard !isClosed else { throw .usage("the result is closed", .invalidCursorState) }
    if isFinished { return nil }
    do throws(TernError) {
      if let batch = try inline?.next(layout, options) {
        // Most results end here: nobody need ask again, on a thread of its own, to know that.
        if chunkCount == 0, inline?.isAtEnd ?? true { try end(behind: inline) }
        return batch
      }
      if chunkCount == 0 {
        try end(behind: inline)
        return nil
      }
      let reader = try serialReader(inline)
      reader.prepare()
      if let page = try reader.nextPage(context) { return page.batch }
      state.withLock { $0.isFinished = true }
      return nil
    } catch {
      close(context)
      throw explained(error)
    }
  }

  func makeReaders(
    _ countMax: Int, _ context: CallContext
  ) throws(TernError) -> [any PageReader] {
    let (inline, isClosed) = state.withLock { ($0.inline, $0.isClosed) }
    guard !isClosed, chunkCount > 0, countMax > 1 else { return [] }
    do throws(TernError) {
      var batches: [Batch] = []
      while let batch = try inline?.next(layout, options) { batches.append(batch) }
      let feed = try feed(behind: inline)
      state.withLock { $0.inline = nil }
      return (0..<min(countMax, chunkCount)).map { index in
        SnowflakeReader(
          feed, store, layout, options, queryID: queryID, inline: index == 0 ? batches : [])
      }
    } catch {
      close(context)
      throw explained(error)
    }
  }

  func close(_ context: CallContext) {
    let feed = state.withLock { state in
      state.isClosed = true
      state.isFinished = true
      state.inline = nil
      state.reader = nil
      return state.feed
    }
    feed?.close()
  }

  private func end(behind inline: SnowflakeInline?) throws(TernError) {
    _ = try feed(behind: inline)
    state.withLock { state in
      state.isFinished = true
      state.inline = nil
    }
  }

  private func serialReader(_ inline: SnowflakeInline?) throws(TernError) -> SnowflakeReader {
    if let reader = state.withLock({ $0.reader }) { return reader }
    let reader = SnowflakeReader(
      try feed(behind: inline), store, layout, options, queryID: queryID)
    state.withLock { state in
      state.reader = reader
      state.inline = nil
    }
    return reader
  }

  /// The parts behind the inline rows, which must have been as many as are missing in them.
  private func feed(behind inline: SnowflakeInline?) throws(TernError) -> SnowflakeFeed {
    let inlineCount = inline?.rowCount ?? 0
    let (sum, overflow) = inlineCount.addingReportingOverflow(chunkRowCount)
    guard !overflow, returned == nil || returned == sum else {
      throw TernError(
        .sql, .general,
        "the service announced \(returned ?? 0) rows and sent \(inlineCount) and \(chunkCount) "
          + "parts with \(chunkRowCount)")
    }
    let feed = makeFeed(inlineCount)
    state.withLock { $0.feed = feed }
    return feed
  }

  /// What is wrong with rows says nothing against the session.
  private func explained(_ error: TernError) -> TernError {
    var error = error
    if error.kind == .connection {
      error.kind = .sql
      error.sqlState = .general
    }
    if error.queryID == nil { error.queryID = queryID }
    return error
  }
}
