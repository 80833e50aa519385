/// What one execution may differ in from the next.
public struct ExecutionOptions: Hashable, Sendable {
  /// End every result after so many rows; 0 = none.
  public var rowCountMax: Int64 = 0
  /// Rows a batch at most, and what is asked of the server.
  public var batchRowCountMax = 65_536
  /// Bytes a batch or page at most, the same.
  public var batchByteCountMax = 8 << 20
  /// Nanoseconds from the start to the first rows, for servers that keep the time themselves;
  /// the context's deadline says the same to the driver. 0 = none.
  public var queryTimeoutNanoseconds: Int64 = 0
  /// Readers of one result at most; 1 = no parallel reading.
  public var readerCountMax = 1
  /// Whether parallel readers deliver the server's order.
  public var isOrdered = true

  /// The defaults of `options.md`.
  public init() {}
}
