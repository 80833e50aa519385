internal import TernColumns
internal import TernCore
internal import TernDriver

/// One subconnection's share of a result: contiguous rows, fetched page by page.
///
/// Whether `startPosition` counts from the start of the whole result or of the share is not
/// documented: the first page is asked for by the whole result's count, and if that brings nothing,
/// by the share's. Source: Exasol reference, section 5.2.
final class ExasolShareReader: PageReader {
  private enum Counting {
    case unknown, whole, share
  }

  private struct State: Sendable {
    var row: Int64
    var counting = Counting.unknown
  }

  private let line: ExasolLine
  private let handle: Int64
  private let set: ExasolResultSet
  private let results: ExasolResultReader
  private let byteCountMax: Int
  /// Rows of the whole result that are this share.
  private let rows: Range<Int64>
  private let state: Locked<State>

  init(
    _ line: ExasolLine, _ handle: Int64, _ set: ExasolResultSet, _ results: ExasolResultReader,
    _ byteCountMax: Int, _ rows: Range<Int64>
  ) {
    self.line = line
    self.handle = handle
    self.set = set
    self.results = results
    self.byteCountMax = byteCountMax
    self.rows = rows
    state = Locked(State(row: rows.lowerBound))
  }

  var nextRow: Int64? { state.withLock { $0.row } }

  func giveUp() { line.giveUp() }

  func nextPage(_ context: CallContext) throws(TernError) -> Page? {
    let (row, counting) = state.withLock { ($0.row, $0.counting) }
    guard row < rows.upperBound else { return nil }
    switch counting {
    case .whole: return try page(row, position: row, context)
    case .share: return try page(row, position: row - rows.lowerBound, context)
    case .unknown: return try firstPage(context)
    }
  }

  private func firstPage(_ context: CallContext) throws(TernError) -> Page {
    let start = rows.lowerBound
    // A position that exists either way would bring wrong rows without a word; the share's last
    // row has a number that only the whole result has.
    if start > 0, start < rows.upperBound - start {
      let isWhole = try hasRow(rows.upperBound - 1, context)
      let page = try page(start, position: isWhole ? start : 0, context)
      state.withLock { $0.counting = isWhole ? .whole : .share }
      return page
    }
    do throws(TernError) {
      let page = try page(start, position: start, context)
      state.withLock { $0.counting = .whole }
      return page
    } catch {
      guard start > 0, line.isAlive, error.kind == .sql || error.kind == .connection else {
        throw error
      }
    }
    let page = try page(start, position: 0, context)
    state.withLock { $0.counting = .share }
    return page
  }

  /// Whether a fetch from `position` brings anything.
  private func hasRow(_ position: Int64, _ context: CallContext) throws(TernError) -> Bool {
    let decoder = try results.decoder(for: set)
    let request = ExasolRequest.fetch(handle, startPosition: position, byteCount: 1)
    let reply = try line.exchange(request, .fetch, feedbackSeconds: 1, context) {
      json throws(TernError) in try ExasolPage.read(json, decoder)
    }
    return reply.exception == nil && (reply.payload?.rowCount ?? 0) > 0
  }

  private func page(
    _ row: Int64, position: Int64, _ context: CallContext
  ) throws(TernError) -> Page {
    let decoder = try results.decoder(for: set)
    let request = ExasolRequest.fetch(handle, startPosition: position, byteCount: byteCountMax)
    let reply = try line.exchange(request, .fetch, feedbackSeconds: 1, context) {
      json throws(TernError) in try ExasolPage.read(json, decoder)
    }
    if let exception = reply.exception { throw ExasolErrors.error(exception) }
    let batch = try ExasolPage.checked(reply.payload, row, rows.upperBound)
    state.withLock { $0.row = row + Int64(batch.rowCount) }
    return Page(firstRow: row, batch: batch)
  }
}

extension ExasolSubconnections {
  /// One reader a share. Offsets that are no partition of the result are a malformed reply.
  func readers(
    _ set: ExasolResultSet, handle: Int64, _ byteCountMax: Int, _ results: ExasolResultReader,
    _ context: CallContext
  ) throws(TernError) -> [ExasolShareReader] {
    let offsets = try onAll(ExasolRequest.offset(handle), context) { json throws(TernError) in
      try ExasolFields(reading: json).requiredNumber("rowOffset")
    }
    let sorted = offsets.enumerated().sorted { $0.element < $1.element }
    guard sorted.first?.element == 0, sorted.allSatisfy({ $0.element <= set.rowCount }) else {
      throw .badReply("the offsets of parallel shares do not cover the result")
    }
    var readers: [ExasolShareReader] = []
    for (place, share) in sorted.enumerated() {
      let end = place + 1 < sorted.count ? sorted[place + 1].element : set.rowCount
      readers.append(
        ExasolShareReader(
          lines[share.offset], handle, set, results, byteCountMax, share.element..<end))
    }
    return readers
  }
}
