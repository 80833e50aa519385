internal import TernColumns
internal import TernCore
internal import TernDriver

/// The pages of one result set: the rows that came with the header, then `fetch` by position.
///
/// Source: Exasol reference, section 2.8: the next page starts after the rows received, whatever
/// the size of the result; a handle that was given is closed even if it was never needed.
final class ExasolPages: PageSource {
  let columns: [ColumnDescription]
  let rowCount: Int64?
  let queryID: String? = nil
  let usesSession = true
  let stopsAtCancel = false

  private struct State: Sendable {
    var first: Batch?
    var position: Int64 = 0
    var handle: Int64?
  }

  private let session: ExasolSession
  private let set: ExasolResultSet
  private let byteCountMax: Int
  private let parallel: ExasolSubconnections?
  private let state: Locked<State>

  init(
    _ session: ExasolSession, _ set: ExasolResultSet, _ options: ExecutionOptions,
    _ parallel: ExasolSubconnections? = nil
  ) {
    self.parallel = parallel
    self.session = session
    self.set = set
    columns = set.columns
    rowCount = set.rowCount
    byteCountMax = options.batchByteCountMax
    state = Locked(State(first: set.firstBatch, handle: set.handle))
  }

  var isFinished: Bool {
    state.withLock { $0.first == nil && $0.position >= set.rowCount }
  }

  func nextPage(_ context: CallContext) throws(TernError) -> Batch? {
    let (first, position) = state.withLock { state -> (Batch?, Int64) in
      defer {
        state.position += Int64(state.first?.rowCount ?? 0)
        state.first = nil
      }
      return (state.first, state.position)
    }
    if let first { return first }
    guard position < set.rowCount else { return nil }
    guard let handle = state.withLock({ $0.handle }) else {
      throw .usage("the result is closed", .invalidCursorState)
    }
    let page = try session.receivePage(handle, from: position, byteCountMax, set, context)
    let batch = try session.finish(page, position, set)
    state.withLock { $0.position += Int64(batch.rowCount) }
    return batch
  }

  let decodesApart = true

  /// Source: Exasol reference, section 5.1: one request at a time, but the next page may be asked
  /// for before the last is decoded.
  func receivePage(_ context: CallContext) throws(TernError) -> ReceivedPage? {
    let (position, handle, isPending) = state.withLock {
      ($0.position, $0.handle, $0.first != nil)
    }
    guard !isPending, position < set.rowCount, let handle else {
      return try nextPage(context).map { ReceivedPage($0) }
    }
    let page = try session.receivePage(handle, from: position, byteCountMax, set, context)
    let batch = { @Sendable [session, set] () throws(TernError) -> Batch in
      try session.finish(page, position, set)
    }
    guard let rowCount = page.rowCount, 1...(set.rowCount - position) ~= rowCount else {
      let ready = try batch()
      state.withLock { $0.position += Int64(ready.rowCount) }
      return ReceivedPage(ready)
    }
    state.withLock { $0.position += rowCount }
    return ReceivedPage(rowCount: rowCount, byteCount: page.byteCount, decode: batch)
  }

  func makeReaders(
    _ countMax: Int, _ context: CallContext
  ) throws(TernError) -> [any PageReader] {
    let (position, handle) = state.withLock { ($0.position, $0.handle) }
    guard let parallel, let handle, position == 0 else { return [] }
    return try parallel.readers(
      set, handle: handle, byteCountMax, session.resultReader(), context)
  }

  func close(_ context: CallContext) {
    let handle = state.withLock { state -> Int64? in
      defer {
        state.handle = nil
        state.first = nil
      }
      return state.handle
    }
    if let parallel {
      parallel.close(handle, context)
    } else if let handle {
      session.closeResultSet(handle, context)
    }
  }
}

extension ExasolSession {
  /// Receives one page of a result set, from row `position` on, and decodes what came of it beyond
  /// the size that was asked for.
  func receivePage(
    _ handle: Int64, from position: Int64, _ byteCountMax: Int, _ set: ExasolResultSet,
    _ context: CallContext
  ) throws(TernError) -> ExasolReceivedPage {
    let decoder = try resultReader().decoder(for: set)
    let request = ExasolRequest.fetch(handle, startPosition: position, byteCount: byteCountMax)
    // What is around the rows needs little.
    let expected = min(byteCountMax, Limits.controlMessageByteCountMax) + 64 << 10
    do throws(TernError) {
      return try line.perform(
        request, .fetch, feedbackSeconds: feedbackSeconds, expected, context
      ) { json throws(TernError) in
        let isWhole = try json.receiveAll(2 * expected)
        var page = try ExasolReceivedPage(reading: json, decoder)
        if !isWhole { page.decode() }
        return page
      }
    } catch {
      throw error.prefixed("fetch from row \(position)")
    }
  }

  /// The rows of a page that was received; an error that they hold is thrown. Any thread.
  func finish(
    _ page: ExasolReceivedPage, _ position: Int64, _ set: ExasolResultSet
  ) throws(TernError) -> Batch {
    do throws(TernError) {
      let batch = try accept(try page.decoded())
      return try ExasolPage.checked(batch, position, set.rowCount)
    } catch {
      // Another thread may be using the channel: whoever uses it next finds the line dead.
      if error.endsConnection { line.condemn(error) }
      throw error.prefixed("fetch from row \(position)")
    }
  }
}

/// The `responseData` of fetch.
enum ExasolPage {
  /// Reads `{"numRows": n, "data": [[…], …]}`.
  static func read(_ reader: JSONReader, _ decoder: ColumnDecoder) throws(TernError) -> Batch {
    var count: Int64?
    var batch: Batch?
    try reader.beginObject()
    while let name = try reader.nextKey() {
      switch name {
      case "numRows": count = try reader.int64OrNull()
      case "data" where try reader.peek() == .array:
        batch = try decoder.columns(from: reader)
      default: try reader.skip()
      }
    }
    guard let batch, count.map({ $0 == Int64(batch.rowCount) }) ?? true else {
      throw .badReply("numRows does not match the rows of a page")
    }
    return batch
  }

  /// A page must bring rows, and none beyond the end: otherwise the loop would never end, or end
  /// with rows that nobody announced.
  static func checked(
    _ page: Batch?, _ position: Int64, _ rowCount: Int64
  ) throws(TernError) -> Batch {
    guard let page, page.rowCount > 0 else {
      throw .badReply("no rows came although rows from \(position) of \(rowCount) are missing")
    }
    guard Int64(page.rowCount) <= rowCount - position else {
      throw .badReply("more rows came than the \(rowCount) announced")
    }
    return page
  }
}
