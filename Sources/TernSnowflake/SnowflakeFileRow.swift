internal import TernColumns
internal import TernCore
internal import TernDriver

/// What became of one file: a row of the result of PUT or GET.
///
/// Source: Snowflake reference, section 7.1, "Result sets".
struct SnowflakeFileRow: Sendable {
  enum Status: String, Sendable {
    case uploaded = "UPLOADED"
    case skipped = "SKIPPED"
    case downloaded = "DOWNLOADED"
    case failed = "ERROR"
  }

  /// The file's name here for PUT, in the stage for GET.
  var name: String
  var target = ""
  var sourceByteCount: Int64 = 0
  var targetByteCount: Int64 = 0
  var sourceCompression = SnowflakeFileCompression.none
  var targetCompression = SnowflakeFileCompression.none
  var status: Status
  var isEncrypted = false
  var message = ""

  init(_ name: String, _ status: Status) {
    self.name = name
    self.status = status
  }

  /// Rows as a result: the columns have the names of the vendor's drivers, sizes are 64-bit
  /// integers, everything else is text, and nothing is NULL.
  ///
  /// - Parameter showsEncryption: whether there is a column `encryption`, as the server wishes.
  static func pages(
    _ rows: [SnowflakeFileRow], _ verb: SnowflakeFileCommand.Verb, showsEncryption: Bool,
    queryID: String?
  ) throws(TernError) -> any PageSource {
    let columns = columns(verb, showsEncryption).map { column($0) }
    let builder = BatchBuilder(Schema(columns.map(\.field)))
    for row in rows { try builder.append(row.values(verb, showsEncryption)) }
    return ReadyPages(columns, [try builder.finish()], queryID: queryID)
  }

  private static let sizes: Set<String> = ["source_size", "target_size", "size"]

  private static func columns(
    _ verb: SnowflakeFileCommand.Verb, _ showsEncryption: Bool
  ) -> [String] {
    let encryption = showsEncryption ? ["encryption"] : []
    switch verb {
    case .put:
      return [
        "source", "target", "source_size", "target_size", "source_compression",
        "target_compression", "status",
      ] + encryption + ["message"]
    case .get: return ["file", "size", "status"] + encryption + ["message"]
    }
  }

  private static func column(_ name: String) -> ColumnDescription {
    var sql = SQLColumnType(typeName: "VARCHAR", odbcType: ODBCType.varchar, isNullable: false)
    if sizes.contains(name) {
      sql = SQLColumnType(
        typeName: "NUMBER", odbcType: ODBCType.bigint, columnSize: 19, decimalDigits: 0,
        isNullable: false)
    }
    return ColumnDescription(name: name, dataType: sizes.contains(name) ? .int64 : .utf8, sql: sql)
  }

  private func values(
    _ verb: SnowflakeFileCommand.Verb, _ showsEncryption: Bool
  ) -> [Value] {
    let words = isEncrypted ? (verb == .put ? "ENCRYPTED" : "DECRYPTED") : ""
    let end = (showsEncryption ? [Value.text(words)] : []) + [.text(message)]
    switch verb {
    case .put:
      return [
        .text(name), .text(target), .integer(sourceByteCount), .integer(targetByteCount),
        .text(sourceCompression.rawValue), .text(targetCompression.rawValue),
        .text(status.rawValue),
      ] + end
    case .get: return [.text(name), .integer(targetByteCount), .text(status.rawValue)] + end
    }
  }
}
