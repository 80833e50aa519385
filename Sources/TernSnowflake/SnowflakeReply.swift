internal import TernColumns
internal import TernCore

/// An answer of the service: its envelope, and where in it the data are.
///
/// `{"data":…,"code":"390100","message":"…","success":true}`; any of them may be missing, and a
/// code is text or a number. Source: Snowflake reference, section 1.1.
struct SnowflakeReply: Sendable {
  /// The HTTP status.
  var status = 200
  /// The service's number; nil where there is none, as in most successes.
  var code: Int32?
  /// What the service says in words; empty if nothing.
  var message = ""
  /// What the service calls a success; a query that still runs may be either.
  var isSuccess = false
  /// The whole document.
  let body: [UInt8]
  /// Where the value of `data` is in `body`; nil where it is null or missing.
  var data: Range<Int>?
  /// The value of `x-snowflake-session`, if the answer had one.
  var stickySession: String?

  /// Bytes of an answer, inflated: results may be inline, and lists of chunks are long.
  static let byteCountMax = 1 << 30

  /// Reads the envelope.
  ///
  /// - Throws: `.connection` unless `body` is one JSON object.
  init(_ body: [UInt8]) throws(TernError) {
    self.body = body
    let reader = try JSONReader(body)
    reader.repairsText = true
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "data":
        _ = try reader.peek()
        let start = reader.offset
        guard try !reader.null() else { continue }
        try reader.skip()
        data = start..<reader.offset
      case "code": code = try Self.number(reader)
      case "message": message = try reader.textOrAbsent() ?? ""
      case "success": isSuccess = (try reader.textOrAbsent())?.lowercased() == "true"
      default: try reader.skip()
      }
    }
    try reader.finish()
  }

  /// A reader of `data`; nil where there are none.
  func dataReader() throws(TernError) -> JSONReader? {
    guard let data, data.lowerBound >= 0, data.upperBound <= body.count else { return nil }
    let reader = try JSONReader(
      data == 0..<body.count ? body : Array(body[data]),
      limit: JSONReader.Limit(byteCountMax: Self.byteCountMax))
    reader.repairsText = true
    return reader
  }

  /// Texts under the names in `data`, where they are plain values there.
  func dataTexts(_ names: Set<String>) throws(TernError) -> [String: String] {
    var texts: [String: String] = [:]
    guard let reader = try dataReader(), try reader.isObjectNext() else { return texts }
    try reader.forEachKey { (name) throws(TernError) in
      guard names.contains(name) else { return try reader.skip() }
      if let text = try reader.textOrAbsent() { texts[name] = text }
    }
    return texts
  }

  /// A number that may be written as text, with zeros in front.
  private static func number(_ reader: JSONReader) throws(TernError) -> Int32? {
    try reader.textOrAbsent().flatMap { Int32($0) }
  }
}
