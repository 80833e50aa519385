internal import TernColumns
internal import TernCore
internal import TernDriver

/// The frames of one result: the first came with the execution, the others are fetched.
///
/// Source: Avatica reference, section 7: the server goes on where its cursor stands, whatever
/// offset is asked for, so that a fetch is never repeated.
final class AvaticaPages: PageSource {
  let columns: [ColumnDescription]
  let rowCount: Int64? = nil
  let queryID: String? = nil
  let usesSession = true

  private struct State: Sendable {
    var statement: AvaticaStatement
    var first: Batch?
    var position: Int64 = 0
    var isFinished: Bool
    var isClosed = false
    var frameRowCount: Int
    /// Bytes of the largest frame so far, as it came.
    var frameByteCount = 0
  }

  /// Whether a server in another zone than UTC would shift values in later frames.
  private let hasTimes: Bool
  /// Rows of the first fetch, which tells how many bytes a row has.
  private static let rowCountStart = 500
  /// Empty frames in a row that are not the last.
  private static let emptyFrameCountMax = 3

  private let session: AvaticaSession
  /// The text, where it could be run again.
  private let sql: String?
  private let signature: AvaticaSignature
  private let options: ExecutionOptions
  private let state: Locked<State>

  init(
    _ session: AvaticaSession, _ statement: AvaticaStatement, _ signature: AvaticaSignature,
    _ frame: AvaticaFrame?, _ options: ExecutionOptions, sql: String? = nil
  ) {
    self.session = session
    self.sql = sql
    self.signature = signature
    self.options = options
    columns = signature.columns
    hasTimes = signature.columns.contains { AvaticaCalendar.isTemporal($0.dataType) }
    state = Locked(
      State(
        statement: statement, first: frame?.rows, isFinished: frame?.isLast ?? false,
        frameRowCount: min(Self.rowCountStart, max(1, options.batchRowCountMax))))
    if frame?.isLast ?? false { statement.isFinished = true }
  }

  var isFinished: Bool { state.withLock { $0.first == nil && $0.isFinished } }

  func nextPage(_ context: CallContext) throws(TernError) -> Batch? {
    try receivePage(context)?.decode()
  }

  var decodesApart: Bool { session.line.encoding == .protobuf }

  func receivePage(_ context: CallContext) throws(TernError) -> ReceivedPage? {
    let first = state.withLock { state -> Batch? in
      defer { state.first = nil }
      return state.first
    }
    let calendar = session.settings.calendar
    if let first {
      return try counted(AvaticaArrival(try calendar.corrected(first, isFirstFrame: true)))
    }
    for _ in 0..<Self.emptyFrameCountMax {
      let (position, isFinished, isClosed, size) = state.withLock {
        ($0.position, $0.isFinished, $0.isClosed, $0.frameRowCount)
      }
      if isFinished { return nil }
      guard !isClosed else { throw .usage("the result is closed", .invalidCursorState) }
      if position > 0, hasTimes { try session.checkZone(context) }
      let arrival = try fetch(position, size, context)
      if arrival.isLast {
        state.withLock { state in
          state.isFinished = true
          state.statement.isFinished = true
        }
      }
      if arrival.rowCount > 0 { return try counted(arrival) }
      if arrival.isLast { return nil }
    }
    throw session.ended(
      .badReply("\(Self.emptyFrameCountMax) empty frames in a row, none of them the last"))
  }

  private func fetch(
    _ position: Int64, _ size: Int, _ context: CallContext
  ) throws(TernError) -> AvaticaArrival {
    let (statement, expected) = state.withLock { ($0.statement, $0.frameByteCount) }
    do throws(TernError) {
      do throws(TernError) {
        return try session.fetch(
          statement, signature, from: position, size, expectedByteCount: expected, context)
      } catch {
        guard error == AvaticaSession.missingStatement, let sql,
          let again = try session.resume(sql, from: position, context)
        else { throw error }
        state.withLock { $0.statement = again.statement }
        guard again.hasMore else { return AvaticaArrival(nil, isLast: true) }
        return try session.fetch(again.statement, signature, from: position, size, context)
      }
    } catch {
      // The server's cursor has moved on: what comes next would leave rows out.
      state.withLock { $0.isClosed = true }
      throw error.prefixed("fetch from row \(position)")
    }
  }

  /// Moves the position behind the rows, cuts them at the row limit, and sizes the next frame.
  private func counted(_ arrival: AvaticaArrival) throws(TernError) -> ReceivedPage {
    let limit = options.rowCountMax > 0 ? options.rowCountMax : .max
    let position = state.withLock { $0.position }
    let room = limit - min(position, limit)
    let isCut = Int64(arrival.rowCount) >= room
    let kept = isCut ? Int(clamping: room) : arrival.rowCount
    state.withLock { state in
      state.position += Int64(kept)
      if isCut { state.isFinished = true }
      state.frameRowCount = nextSize(arrival, state.frameRowCount)
      state.frameByteCount = max(state.frameByteCount, arrival.late?.byteCount ?? 0)
    }
    guard let late = arrival.late else {
      guard let rows = arrival.rows else { throw .internal("a frame without rows was counted") }
      return ReceivedPage(kept == rows.rowCount ? rows : try rows.slice(0, count: kept))
    }
    return ReceivedPage(rowCount: Int64(kept), byteCount: late.byteCount) {
      [session] () throws(TernError) in
      try session.rows(of: late, from: position, count: kept)
    }
  }

  /// Twice as many rows, within the limits on rows and bytes.
  private func nextSize(_ arrival: AvaticaArrival, _ size: Int) -> Int {
    let rowByteCount = max(1, arrival.byteCount / max(1, arrival.rowCount))
    let byBytes = max(1, options.batchByteCountMax / rowByteCount)
    let doubled = size.multipliedReportingOverflow(by: arrival.rowCount >= size ? 2 : 1)
    let wanted = doubled.overflow ? size : doubled.partialValue
    return max(1, min(wanted, byBytes, options.batchRowCountMax))
  }

  func close(_ context: CallContext) {
    let statement = state.withLock { state in
      state.isClosed = true
      state.first = nil
      return state.statement
    }
    session.release(statement, context)
  }
}

/// A frame that has come: its rows, or what they will be made of.
struct AvaticaArrival: Sendable {
  let rows: Batch?
  let late: AvaticaReceivedFrame?
  let isLast: Bool
  let rowCount: Int
  /// Bytes of the rows as columns, about.
  let byteCount: Int

  init(_ rows: Batch?, isLast: Bool = false) {
    self.rows = rows
    self.isLast = isLast
    late = nil
    rowCount = rows?.rowCount ?? 0
    byteCount = rows?.byteCount ?? 0
  }

  /// In protobuf every value stands twice, with its type.
  init(_ late: AvaticaReceivedFrame) {
    self.late = late
    rows = nil
    isLast = late.isLast
    rowCount = late.rowCount
    byteCount = late.byteCount / 3
  }
}
