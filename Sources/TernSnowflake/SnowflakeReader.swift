internal import TernColumns
internal import TernCore
internal import TernDriver

/// One of the readers of a result's parts: fetches a part, makes batches of it, and hands those
/// out one by one. Source: section 4.
final class SnowflakeReader: PageReader {
  private struct State: Sendable {
    var claim: SnowflakeFeed.Claim?
    /// Batches of the part that was read last, or of the answer itself.
    var ready: ArraySlice<Batch>
    var nextRow: Int64?
  }

  private let feed: SnowflakeFeed
  private let store: SnowflakeStore
  private let layout: SnowflakeLayout
  private let options: ExecutionOptions
  private let queryID: String?
  private let state: Locked<State>

  /// - Parameter inline: rows that are there already, which this reader hands out first.
  init(
    _ feed: SnowflakeFeed, _ store: SnowflakeStore, _ layout: SnowflakeLayout,
    _ options: ExecutionOptions, queryID: String?, inline: [Batch] = []
  ) {
    self.feed = feed
    self.store = store
    self.layout = layout
    self.options = options
    self.queryID = queryID
    state = Locked(State(ready: inline[...], nextRow: inline.isEmpty ? nil : 0))
  }

  let usesSession = false

  var nextRow: Int64? { state.withLock { $0.nextRow } }

  var hasPageReady: Bool { state.withLock { !$0.ready.isEmpty } }

  /// What the part will take as batches: whole numbers are sent in fewer bytes than they have here.
  var nextByteCount: Int {
    state.withLock { state in
      guard state.ready.isEmpty, let chunk = state.claim?.chunk else { return 0 }
      let (fixed, overflow) = Int(clamping: chunk.rowCount)
        .multipliedReportingOverflow(by: layout.rowByteCount)
      let (sum, isOver) = fixed.addingReportingOverflow(
        max(chunk.uncompressedByteCount, chunk.compressedByteCount, 1))
      return overflow || isOver ? Int.max / 4 : min(sum, Int.max / 4)
    }
  }

  func prepare() {
    let isIdle = state.withLock { $0.ready.isEmpty && $0.claim == nil }
    guard isIdle, let claim = feed.claim() else { return }
    state.withLock { state in
      state.claim = claim
      state.nextRow = claim.firstRow
    }
  }

  func nextPage(_ context: CallContext) throws(TernError) -> Page? {
    while true {
      if let page = takeReady() { return page }
      prepare()
      guard let claim = state.withLock({ $0.claim }) else {
        state.withLock { $0.nextRow = nil }
        return nil
      }
      let batches = try fetch(claim, context)
      feed.finished(claim)
      state.withLock { state in
        state.claim = nil
        state.ready = batches[...]
      }
    }
  }

  private func takeReady() -> Page? {
    state.withLock { state in
      guard let batch = state.ready.popFirst() else { return nil }
      let firstRow = state.nextRow ?? 0
      state.nextRow = firstRow + Int64(batch.rowCount)
      return Page(firstRow: firstRow, batch: batch)
    }
  }

  /// All rows of a part; nothing of it is handed out before it was seen to be whole.
  private func fetch(
    _ claim: SnowflakeFeed.Claim, _ context: CallContext
  ) throws(TernError) -> [Batch] {
    do throws(TernError) {
      return try store.read(
        feed.request(for: claim), context,
        renew: { () throws(TernError) in
          try feed.renewed(claim, context).map { feed.request(for: $0) }
        }
      ) { [layout, options] source throws(TernError) in
        let part = try SnowflakePart(
          source, layout, options, expectedRowCount: claim.chunk.rowCount)
        var batches: [Batch] = []
        while let batch = try part.next() {
          batches.append(batch)
          // No more memory than the announced rows need, however much comes.
          guard part.rowCount <= claim.chunk.rowCount else { break }
        }
        return (part.rowCount, batches)
      }
    } catch {
      guard error.kind != .cancelled else { throw error }
      let last = claim.firstRow + claim.chunk.rowCount - 1
      var error = error.prefixed("rows \(claim.firstRow) to \(last)")
      error.queryID = queryID
      throw error
    }
  }
}
