public import TernColumns
public import TernCore

/// Pages of one result, each decoded to a batch.
///
/// One thread at a time. The Arrow types of `columns` are fixed before the first page.
public protocol PageSource: AnyObject, Sendable {
  /// What every batch looks like.
  var columns: [ColumnDescription] { get }
  /// Rows of the whole result where the server tells beforehand.
  var rowCount: Int64? { get }
  /// The server's id of the statement.
  var queryID: String? { get }
  /// The parts that other processes can read; empty where there are none.
  var partitions: [Partition] { get }
  /// Whether `nextPage` talks through the session, so that it must hold the session's lock.
  var usesSession: Bool { get }
  /// Whether a cancel frees the session at once; false where it waits for the page all the same.
  var stopsAtCancel: Bool { get }
  /// Whether `nextPage` would answer nil without a round trip.
  var isFinished: Bool { get }

  /// The next page, or nil after the last. At most one round trip.
  ///
  /// - Throws: `.sql`, `.data` (this result is at its end), `.connection` (so is the session),
  ///   `.cancelled`, `.timeout`.
  func nextPage(_ context: CallContext) throws(TernError) -> Batch?
  /// Whether `receivePage` gives pages that another thread may decode.
  var decodesApart: Bool { get }
  /// The next page as it came, or nil after the last. At most one round trip.
  ///
  /// - Throws: as `nextPage`.
  func receivePage(_ context: CallContext) throws(TernError) -> ReceivedPage?
  /// Independent readers of the same result, at most `countMax`, or none: then `nextPage` is all
  /// there is. After this call with a non-empty answer `nextPage` is not called any more.
  func makeReaders(_ countMax: Int, _ context: CallContext) throws(TernError) -> [any PageReader]
  /// Frees the result on the server. Twice is fine; failures are kept to the log.
  func close(_ context: CallContext)
}

extension PageSource {
  /// No parts, unless a protocol has them.
  public var partitions: [Partition] { [] }
  /// Most protocols can drop a request.
  public var stopsAtCancel: Bool { true }
  /// Receiving and decoding are one, unless a protocol can tell them apart.
  public var decodesApart: Bool { false }
  /// The decoded page.
  public func receivePage(_ context: CallContext) throws(TernError) -> ReceivedPage? {
    try nextPage(context).map { ReceivedPage($0) }
  }
  /// No parallel readers, unless a protocol has them.
  public func makeReaders(
    _ countMax: Int, _ context: CallContext
  ) throws(TernError) -> [any PageReader] { [] }
}

/// One of several readers that share a result. Each is called by its own thread and holds no lock.
public protocol PageReader: AnyObject, Sendable {
  /// The row that this reader's next page starts with, where it knows: that page is let in even
  /// when the budgets are used up by later ones. Readers that take pages in ascending order from a
  /// common list need not know.
  var nextRow: Int64? { get }
  /// Bytes that the next page brings into memory, where the reader knows: such pages wait for room
  /// for all of them, and do not count as pages. 0 where it does not.
  var nextByteCount: Int { get }
  /// Whether the next page is in memory already: handing it over needs no room.
  var hasPageReady: Bool { get }
  /// Decides what the next page is, so that `nextRow` and `nextByteCount` tell of it. Waits for
  /// nothing.
  func prepare()
  /// Pages that this reader has received and not decoded yet: they count as read ahead.
  var waitingCount: Int { get }
  /// Whether pages come through the session, one call at a time, and not on a line of the reader's.
  var usesSession: Bool { get }
  /// Tells threads of the reader's own that no further page is wanted. Waits for nothing.
  func stop()
  /// Waits until those threads have ended; a page that is under way is received first unless the
  /// call that asked for it is cancelled.
  func join()
  /// Ends the time that a server gets for what it still owes after a cancel. Any thread.
  func giveUp()
  /// The next page of this reader with the number of its first row in the whole result, counted
  /// from 0; nil when this reader has no more.
  func nextPage(_ context: CallContext) throws(TernError) -> Page?
}

extension PageReader {
  /// Most readers learn it with the page.
  public var nextByteCount: Int { 0 }
  /// Most readers bring one page at a time.
  public var hasPageReady: Bool { false }
  /// Most readers have nothing to decide.
  public func prepare() {}
  /// Most readers decode what they receive.
  public var waitingCount: Int { 0 }
  /// Most readers have a line of their own.
  public var usesSession: Bool { false }
  /// Most readers have no threads.
  public func stop() {}
  /// Most readers have no threads.
  public func join() {}
  /// Most readers give such time to nobody.
  public func giveUp() {}
}

/// A page that has arrived.
public struct ReceivedPage: Sendable {
  /// Its rows.
  public var rowCount: Int64
  /// Bytes that it holds until it is decoded.
  public var byteCount: Int
  /// Makes columns of it, once, on any thread. What the page holds may be an error.
  public var decode: @Sendable () throws(TernError) -> Batch
  /// Whether decoding costs nothing.
  public let isDecoded: Bool

  /// A page that is decoded later.
  public init(
    rowCount: Int64, byteCount: Int,
    decode: @escaping @Sendable () throws(TernError) -> Batch
  ) {
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.decode = decode
    isDecoded = false
  }

  /// A page that is decoded already.
  public init(_ batch: Batch) {
    rowCount = Int64(batch.rowCount)
    byteCount = batch.byteCount
    decode = { () throws(TernError) in batch }
    isDecoded = true
  }
}

/// Rows and where they belong.
public struct Page: Sendable {
  /// Row number in the whole result, from 0.
  public var firstRow: Int64
  /// The rows.
  public var batch: Batch

  /// Makes a page.
  public init(firstRow: Int64, batch: Batch) {
    self.firstRow = firstRow
    self.batch = batch
  }
}

/// A result whose rows are all there: catalog answers, literals.
public final class ReadyPages: PageSource {
  /// See `PageSource`.
  public let columns: [ColumnDescription]
  /// All rows together.
  public let rowCount: Int64?
  /// See `PageSource`.
  public let queryID: String?
  /// Always false: nothing is fetched.
  public let usesSession = false
  private let rest: Locked<ArraySlice<Batch>>

  /// Serves `batches`, which all have the types of `columns`.
  public init(_ columns: [ColumnDescription], _ batches: [Batch], queryID: String? = nil) {
    self.columns = columns
    self.queryID = queryID
    rowCount = batches.reduce(0) { $0 + Int64($1.rowCount) }
    rest = Locked(batches[...])
  }

  /// Whether every batch was taken.
  public var isFinished: Bool { rest.withLock { $0.isEmpty } }

  /// See `PageSource`.
  public func nextPage(_ context: CallContext) throws(TernError) -> Batch? {
    rest.withLock { $0.popFirst() }
  }

  /// Drops the rest.
  public func close(_ context: CallContext) { rest.withLock { $0 = [] } }
}
