internal import TernColumns
internal import TernCore

/// Where the parts of a result are that come from the cloud store, in order.
///
/// Lists of 200 000 parts exist (section 9, trap 2), so there is no object a part: URLs lie one
/// behind the other in blocks, and a block goes when the last of its parts was taken.
struct SnowflakeChunkList: Sendable {
  /// One part.
  struct Chunk: Hashable, Sendable {
    /// Presigned: whoever has it can read the part. Not to be shown or logged.
    var url: String
    /// Rows that the part must have.
    var rowCount: Int64
    /// Bytes as they are stored; 0 when not told.
    var compressedByteCount: Int
    /// Bytes after inflating; 0 when not told.
    var uncompressedByteCount: Int
  }

  private struct Entry: Sendable {
    var urlEnd: Int
    var rowCount: Int64
    var compressedByteCount: Int
    var uncompressedByteCount: Int
  }

  private struct Block: Sendable {
    var urls: [UInt8] = []
    var entries: [Entry] = []
  }

  /// Bytes of URLs in a block, unless one needs more.
  private static let blockByteCount = 64 << 10
  /// Parts of one result; the largest seen had 230 000.
  static let countMax = 10_000_000

  private var blocks: [Block] = []
  /// Taken blocks, no longer in `blocks`, and taken parts of the first block that is.
  private var firstBlock = 0
  private var nextEntry = 0
  /// Parts that were not taken yet.
  private(set) var count = 0
  /// Their rows.
  private(set) var rowCount: Int64 = 0

  /// No parts.
  init() {}

  /// Whether every part was taken.
  var isEmpty: Bool { count == 0 }

  /// Bytes of memory that the list holds, for tests.
  var byteCount: Int {
    blocks.reduce(0) { $0 + $1.urls.capacity + $1.entries.capacity * MemoryLayout<Entry>.stride }
  }

  /// Reads `chunks`; null is an empty list.
  init(reading reader: JSONReader) throws(TernError) {
    guard try reader.beginArrayOrAbsent() else { return }
    while try reader.nextElement() {
      var url: String?
      var rows: Int64?
      var (compressed, uncompressed): (Int64, Int64) = (0, 0)
      try reader.forEachKeyOrAbsent { (member) throws(TernError) in
        switch member {
        case "url": url = try reader.textOrAbsent()
        case "rowCount": rows = try reader.wholeNumberOrAbsent()
        case "compressedSize": compressed = try reader.wholeNumberOrAbsent() ?? 0
        case "uncompressedSize": uncompressed = try reader.wholeNumberOrAbsent() ?? 0
        default: try reader.skip()
        }
      }
      guard let url, let rows, rows >= 0 else {
        throw .badReply("a part of a result without a URL or a number of rows")
      }
      try append(
        Chunk(
          url: url, rowCount: rows, compressedByteCount: Int(clamping: max(0, compressed)),
          uncompressedByteCount: Int(clamping: max(0, uncompressed))))
    }
  }

  /// Adds a part behind the others.
  mutating func append(_ chunk: Chunk) throws(TernError) {
    let (sum, overflow) = rowCount.addingReportingOverflow(chunk.rowCount)
    guard count < Self.countMax, !overflow else { throw .badReply("a result of too many parts") }
    let byteCount = chunk.url.utf8.count
    if blocks.last.map({ $0.urls.count + byteCount > Self.blockByteCount }) ?? true {
      var block = Block()
      block.urls.reserveCapacity(max(Self.blockByteCount, byteCount))
      block.entries.reserveCapacity(Self.blockByteCount / max(32, byteCount) + 1)
      blocks.append(block)
    }
    let last = blocks.count - 1
    blocks[last].urls += chunk.url.utf8
    blocks[last].entries.append(
      Entry(
        urlEnd: blocks[last].urls.count, rowCount: chunk.rowCount,
        compressedByteCount: chunk.compressedByteCount,
        uncompressedByteCount: chunk.uncompressedByteCount))
    count += 1
    rowCount = sum
  }

  /// The next part, which the list then forgets.
  mutating func takeFirst() -> Chunk? {
    guard firstBlock < blocks.count else { return nil }
    let entry = blocks[firstBlock].entries[nextEntry]
    let start = nextEntry == 0 ? 0 : blocks[firstBlock].entries[nextEntry - 1].urlEnd
    let url = String(decoding: blocks[firstBlock].urls[start..<entry.urlEnd], as: UTF8.self)
    nextEntry += 1
    if nextEntry == blocks[firstBlock].entries.count {
      blocks[firstBlock] = Block()
      firstBlock += 1
      nextEntry = 0
    }
    count -= 1
    rowCount -= entry.rowCount
    return Chunk(
      url: url, rowCount: entry.rowCount, compressedByteCount: entry.compressedByteCount,
      uncompressedByteCount: entry.uncompressedByteCount)
  }

  /// Forgets the next `dropped` parts.
  mutating func dropFirst(_ dropped: Int) {
    for _ in 0..<max(0, dropped) where takeFirst() == nil { return }
  }

  /// Forgets all parts.
  mutating func removeAll() { self = SnowflakeChunkList() }
}
