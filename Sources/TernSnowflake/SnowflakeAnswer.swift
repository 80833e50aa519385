internal import TernColumns
internal import TernCore

/// What `data` of a query's answer says.
///
/// Rows are left where they are in the body. Everything may be absent, and null is the same.
/// Source: section 3.5.
struct SnowflakeAnswer: Sendable {
  /// How rows are written.
  enum Format: Hashable, Sendable {
    case json, arrow
  }

  /// A session parameter and its value, whatever JSON kind that had.
  struct Parameter: Hashable, Sendable {
    var name: String
    /// nil for null.
    var value: String?
  }

  /// Rows that a statement changed, beside those that its result counts.
  struct Statistics: Hashable, Sendable {
    var inserted: Int64 = 0
    var updated: Int64 = 0
    var deleted: Int64 = 0
    var duplicates: Int64 = 0
  }

  /// An entry of the query context (section 3.7).
  struct ContextEntry: Hashable, Sendable {
    var id: Int64
    var timestamp: Int64
    var priority: Int64
    /// Base64, opaque.
    var context: String?
  }

  /// What becomes of the query context.
  enum ContextChange: Hashable, Sendable {
    /// The answer says nothing: it stays as it is.
    case none
    case cleared
    case entries([ContextEntry])
  }

  /// Why a statement failed; code and message are those of the envelope.
  struct Failure: Hashable, Sendable {
    var errorCode: String?
    var sqlState: String?
    var line: Int64?
    var position: Int64?
    var type: String?
    var isInternal = false
  }

  /// The body that the ranges below are of.
  var body: [UInt8]
  /// The columns; nil without `rowtype`, as while the query runs.
  var columns: [SnowflakeColumn]?
  /// The array of JSON rows.
  var rowset: Range<Int>?
  /// The Base64 text of Arrow rows, without its quotes.
  var rowsetBase64: Range<Int>?
  /// Whether that text has JSON escapes, such as `\/`.
  var isRowsetEscaped = false
  /// Rows of the whole result.
  var total: Int64?
  /// Rows of this answer and its parts.
  var returned: Int64?
  var chunks = SnowflakeChunkList()
  /// What requests for parts must carry.
  var chunkHeaders: [(name: String, value: String)] = []
  /// A key that such requests carry where there are no headers. Secret.
  var qrmk: Secret?
  /// How rows are written; JSON unless the answer says otherwise.
  var format = Format.json
  /// What the answer calls it, where that is neither JSON nor Arrow.
  var unknownFormat: String?
  var queryID: String?
  var statementTypeID: Int64?
  var numberOfBinds: Int64?
  var binds: [SnowflakeColumn] = []
  var isArrayBindSupported = false
  var parameters: [Parameter] = []
  var finalDatabase: String?
  var finalSchema: String?
  var finalWarehouse: String?
  var finalRole: String?
  /// 0 with servers of long ago, which pack zones into timestamps.
  var version: Int64?
  var resultPath: String?
  var progress: String?
  var abortsAfterSeconds: Int64?
  /// Query ids of the statements of a text with several, and their types.
  var resultIDs: [String] = []
  var resultTypes: [Int64] = []
  var statistics: Statistics?
  var context = ContextChange.none
  var failure = Failure()
  /// `UPLOAD` or `DOWNLOAD` for PUT and GET, whose other members are read from `data` again.
  var command: String?
  /// Where `data` is in the body.
  var data: Range<Int>

  /// Whether there are rows, or parts that have them: the query is at its end.
  var hasRows: Bool { rowset != nil || rowsetBase64 != nil || !chunks.isEmpty }

  /// Reads the object that `data` is in `body`; null and an empty range are an empty one.
  ///
  /// - Throws: `.connection` for what is no JSON.
  init(_ body: [UInt8], data: Range<Int>) throws(TernError) {
    self.body = body
    self.data = data.clamped(to: 0..<body.count)
    guard !self.data.isEmpty else { return }
    let reader = try JSONReader(ArraySource(body, in: self.data), limit: Self.limit)
    // Texts of old tables may be anything.
    reader.repairsText = true
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in try read(member, reader) }
    try reader.finish()
  }

  /// A list of parts may have hundreds of megabytes; a string no more than that.
  private static let limit = JSONReader.Limit(valueByteCountMax: Limits.valueByteCountMax)
}
