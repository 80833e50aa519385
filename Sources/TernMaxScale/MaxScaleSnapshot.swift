internal import TernColumns
internal import TernCore
internal import TernDriver

/// A result that was put into a temporary table, read in pages: the server's memory and the line
/// hold one page at a time.
///
/// The query runs once, its order is kept, and the pages belong together whatever others change
/// meanwhile. Source: MaxScale reference, section 6.2.
final class MaxScaleSnapshot: PageSource {
  let columns: [ColumnDescription]
  let rowCount: Int64?
  let queryID: String? = nil
  let usesSession = true

  private struct State: Sendable {
    /// The number of the last row that was read.
    var position: Int64 = 0
    var rowsRead: Int64 = 0
    var isFinished: Bool
    var isClosed = false
  }

  private let session: MaxScaleSession
  private let table: String
  /// What a page asks for: the row's number, then the columns.
  private let expressions: [String]
  private let layout: MaxScaleLayout
  private let pageRowCount: Int
  private let options: ExecutionOptions
  private let state: Locked<State>

  /// Reads `table`, which has `rowCount` rows, with the layout of a rewritten query.
  init(
    _ session: MaxScaleSession, table: String, _ expressions: [String], _ layout: MaxScaleLayout,
    rowCount: Int64, pageRowCount: Int, _ options: ExecutionOptions
  ) {
    self.session = session
    self.table = table
    self.expressions = expressions
    self.layout = layout
    self.rowCount = rowCount
    self.pageRowCount = pageRowCount
    self.options = options
    columns = layout.columns
    state = Locked(State(isFinished: rowCount == 0))
  }

  var isFinished: Bool { state.withLock { $0.isFinished } }

  func nextPage(_ context: CallContext) throws(TernError) -> Batch? {
    let (position, isFinished, isClosed) = state.withLock {
      ($0.position, $0.isFinished, $0.isClosed)
    }
    guard !isClosed else { throw .usage("the result is closed", .invalidCursorState) }
    guard !isFinished else { return nil }
    do throws(TernError) {
      return try page(behind: position, context)
    } catch {
      state.withLock { $0.isClosed = true }
      throw error.prefixed("fetch from row \(state.withLock { $0.rowsRead })")
    }
  }

  private func page(behind position: Int64, _ context: CallContext) throws(TernError) -> Batch? {
    let sql =
      "SELECT \(Self.number),\(expressions.joined(separator: ",")) FROM \(table) "
      + "WHERE \(Self.number)>\(position) ORDER BY \(Self.number) LIMIT \(pageRowCount)"
    for result in try session.results(of: Array(sql.utf8), context) {
      switch result {
      case .changed: break
      case .failed(let fault): throw MaxScaleErrors.error(fault)
      case .rows(let rows): return try taken(rows)
      }
    }
    throw .badReply("a page without rows")
  }

  private func taken(_ rows: MaxScaleRows) throws(TernError) -> Batch? {
    guard rows.isComplete else { throw MaxScalePages.cutByServer }
    let decoder = try layout.decoder(behind: Field(Self.number, .int64))
    let reader = try JSONReader(rows.data)
    try decoder.beginRows(reader)
    let decoded = try decoder.rows(from: reader, byteCountMax: .max)
    guard let decoded, let last = try decoded.columns.first?.int64(at: decoded.rowCount - 1) else {
      let missing = state.withLock { state in
        state.isFinished = true
        return (rowCount ?? 0) - state.rowsRead
      }
      guard missing == 0 else {
        throw TernError(.sql, .general, "\(missing) rows of the snapshot are gone")
      }
      return nil
    }
    let batch = try layout.joined(decoded, behind: 1)
    state.withLock { state in
      state.position = last
      state.rowsRead += Int64(batch.rowCount)
      state.isFinished = state.rowsRead >= rowCount ?? .max
    }
    return batch
  }

  func close(_ context: CallContext) {
    let wasClosed = state.withLock { state in
      defer { (state.isClosed, state.isFinished) = (true, true) }
      return state.isClosed && state.isFinished
    }
    guard !wasClosed, session.isAlive else { return }
    do throws(TernError) {
      try session.run("DROP TEMPORARY TABLE IF EXISTS \(table)", context)
    } catch {
      Log.write(.info, "maxscale: \(table) is left until the session ends: \(error)")
    }
  }

  /// The column that numbers the rows.
  static let number = "_tern_rn"
}

extension MaxScaleQuery {
  /// Puts the result into a temporary table whose columns have the names that `name` gives.
  ///
  /// What a mode makes an error while tables are filled is none in a query.
  func snapshot(_ table: String, of count: Int) -> [UInt8] {
    let names = (0..<count).map(Self.name)
    return onClient.fetch(names, of: count) { start, end in
      (
        "SET STATEMENT sql_mode='' FOR CREATE TEMPORARY TABLE \(table) "
          + "(\(MaxScaleSnapshot.number) BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY) AS "
          + start, end
      )
    }
  }
}

extension MaxScaleSession {
  /// Runs a query into a temporary table, whose pages are the result.
  func snapshot(
    _ query: MaxScaleQuery, _ description: MaxScaleDescription, _ options: ExecutionOptions,
    _ context: CallContext
  ) throws(TernError) -> Outcome {
    let number = shared.withLock { state in
      state.snapshotCount &+= 1
      return state.snapshotCount
    }
    let table = "_tern_\(number)"
    let count = description.types.count
    let sql = query.snapshot(table, of: count)
    var rowCount: Int64 = 0
    for result in try results(of: sql, context) {
      switch result {
      case .changed(let change): rowCount = max(0, change.affectedRows)
      case .failed(let fault):
        throw MaxScaleErrors.error(fault).prefixed("fetch=snapshot needs a temporary table")
      case .rows: throw .badReply("rows of a statement that makes a table")
      }
    }
    let rules = rules
    let lists = description.types.enumerated().map { index, type in
      type.exactExpressions(Self.column(index), rules) ?? [Self.column(index)]
    }
    let layout = MaxScaleLayout(
      description, rules, MaxScalePieces(counts: lists.map(\.count)))
    let limit = rowCountMax(options)
    let source = MaxScaleSnapshot(
      self, table: table, lists.flatMap(\.self), layout, rowCount: rowCount,
      pageRowCount: max(1, settings.snapshotRowCount ?? options.batchRowCountMax), options)
    guard limit == 0 || rowCount <= limit else {
      source.close(context)
      throw MaxScalePages.tooManyRows(limit)
    }
    return .rows(source)
  }

  private static func column(_ index: Int) -> String { MaxScaleQuery.name(index) }
}
