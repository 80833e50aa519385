internal import TernColumns
internal import TernCore

/// The reply to a fetch that has arrived and is decoded later, maybe by another thread.
///
/// What stands before the rows is read at once: how many there are tells where the next page
/// starts. Members come in any order; rows before their number are decoded all the same.
struct ExasolReceivedPage: Sendable {
  /// Rows of the page, where the reply says so before them.
  private(set) var rowCount: Int64?
  /// Bytes that are left to decode.
  let byteCount: Int

  private let reader: JSONReader
  private let decoder: ColumnDecoder
  private var reply = ExasolReply<Batch>()
  /// Whether the reader stands before the rows; else the reply was read to its end.
  private var isAtRows = false
  /// The outcome of a page that had to be decoded while it came.
  private var early: Result<ExasolReply<Batch>, TernError>?

  /// Reads up to the rows.
  init(reading reader: JSONReader, _ decoder: ColumnDecoder) throws(TernError) {
    self.reader = reader
    self.decoder = decoder
    byteCount = reader.availableByteCount
    try reader.beginObject()
    isAtRows = try readMembers()
  }

  /// Decodes the rows now, because they do not fit into what may be held.
  mutating func decode() {
    let page = self
    early = Result { () throws(TernError) in try page.decoded() }
  }

  /// The reply with its rows. Once only.
  func decoded() throws(TernError) -> ExasolReply<Batch> {
    if let early { return try early.get() }
    var page = self
    if isAtRows {
      let count = page.rowCount.flatMap { Int(exactly: $0) }
      page.reply.payload = try decoder.columns(from: reader, rowCount: count)
      guard try !page.readHead(), try !page.readMembers() else {
        throw .badReply("a page with rows twice")
      }
    }
    guard page.reply.exception == nil else { return page.reply }
    guard let batch = page.reply.payload,
      page.rowCount.map({ $0 == Int64(batch.rowCount) }) ?? true
    else { throw .badReply("numRows does not match the rows of a page") }
    return page.reply
  }

  /// Reads members of the reply up to the rows; false at its end.
  private mutating func readMembers() throws(TernError) -> Bool {
    while let name = try reader.nextKey() {
      guard name == "responseData", try reader.peek() == .object else {
        try reply.read(name, reader)
        continue
      }
      try reader.beginObject()
      if try readHead() { return true }
    }
    try reply.finish(reader)
    return false
  }

  /// Reads members of `responseData` up to the rows; false at its end.
  private mutating func readHead() throws(TernError) -> Bool {
    while let name = try reader.nextKey() {
      switch name {
      case "numRows": rowCount = try reader.int64OrNull()
      case "data" where try reader.peek() == .array: return true
      default: try reader.skip()
      }
    }
    return false
  }
}
