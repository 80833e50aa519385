internal import TernCore

/// What a statement starts with and may change: options of `options.md` that matter after login.
public struct StatementOptions: Hashable, Sendable {
  /// One execution until its first rows, in nanoseconds; 0 = none.
  public var queryTimeoutNanoseconds: Int64 = 0
  /// End every result after so many rows; 0 = none.
  public var rowCountMax: Int64 = 0
  /// Rows a batch at most.
  public var batchRowCountMax = 65_536
  /// Bytes a batch at most.
  public var batchByteCountMax = 8 << 20
  /// Batches read ahead; 0 = none.
  public var prefetchBatchCountMax = 2
  /// Bytes read ahead per result.
  public var prefetchByteCountMax = 64 << 20
  /// Bytes read ahead by all results of the connection.
  public var prefetchTotalByteCountMax = 256 << 20
  /// Readers of one result.
  public var readerCountMax = 1
  /// Whether parallel readers keep the server's order.
  public var isOrdered = true

  /// The defaults of the option tables.
  public init() {}

  /// What `target` says.
  init(_ target: ConnectionTarget) throws(TernError) {
    queryTimeoutNanoseconds = try target.duration("query_timeout")
    rowCountMax = try target.count("max_rows")
    batchRowCountMax = Int(clamping: max(1, try target.count("batch_rows")))
    batchByteCountMax = Int(clamping: max(1, try target.size("batch_bytes")))
    prefetchBatchCountMax = Int(clamping: try target.count("prefetch_batches"))
    prefetchByteCountMax = Int(clamping: try target.size("prefetch_bytes"))
    prefetchTotalByteCountMax = Int(clamping: try target.size("prefetch_bytes_total"))
    readerCountMax = try target.readerCountMax()
    isOrdered = try target.flag("ordered")
  }

  /// What a protocol needs to know.
  var execution: ExecutionOptions {
    var options = ExecutionOptions()
    options.rowCountMax = rowCountMax
    options.batchRowCountMax = batchRowCountMax
    options.batchByteCountMax = batchByteCountMax
    options.queryTimeoutNanoseconds = queryTimeoutNanoseconds
    options.readerCountMax = readerCountMax
    options.isOrdered = isOrdered
    return options
  }

  var budget: PageQueue.Budget {
    let (count, isOver) = prefetchBatchCountMax.multipliedReportingOverflow(
      by: max(1, readerCountMax))
    return PageQueue.Budget(
      pageCountMax: isOver ? .max : max(1, count), byteCountMax: prefetchByteCountMax,
      totalByteCountMax: prefetchTotalByteCountMax)
  }
}
