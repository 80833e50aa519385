internal import TernCore
internal import TernDriver

/// What the server says about itself and the session.
///
/// Source: MaxScale reference, section 11.
struct MaxScaleFacts: Sendable {
  /// As `VERSION()` gives it.
  var version = ""
  /// The database's own id of the connection, for administrators.
  var threadID = ""
  /// Modes with commas between.
  var sqlMode = ""
  /// An offset, or `SYSTEM`.
  var timeZone = ""
  /// That of requests and results; empty if they differ.
  var characterSet = ""
  /// The current one.
  var database: String?
  var isAutocommit = true
  var isReadOnly = false
  var isolation: IsolationLevel?
  /// Bytes that a statement may have.
  var packetByteCountMax: Int64 = 16 << 20
  /// How names are compared: 0 as they are, 1 and 2 without regard to case.
  var lowerCaseTableNames: Int64 = 0
  /// The account that the login was matched with.
  var user = ""
  /// Whether results come with types.
  var hasMetadata = true

  /// The question, in the order in which `init` reads the answer.
  static let query =
    "SELECT VERSION(),CONNECTION_ID(),@@sql_mode,@@time_zone,@@character_set_results,DATABASE(),"
    + "@@autocommit,@@tx_read_only,@@tx_isolation,@@max_allowed_packet,@@lower_case_table_names,"
    + "CURRENT_USER(),@@character_set_client,@@character_set_connection"

  init(_ rows: MaxScaleRows) throws(TernError) {
    guard let row = try rows.texts().first, row.count == 14 else {
      throw .badReply("the session's facts have another number of columns")
    }
    version = row[0] ?? ""
    threadID = row[1] ?? ""
    sqlMode = row[2] ?? ""
    timeZone = row[3] ?? ""
    let sets = Set([row[4], row[12], row[13]].map { $0 ?? "" })
    characterSet = sets.count == 1 ? sets.first ?? "" : ""
    database = row[5]
    isAutocommit = row[6] != "0"
    isReadOnly = row[7] == "1"
    isolation = row[8].flatMap {
      IsolationLevel(name: String($0.map { $0 == "-" ? "_" : $0 }))
    }
    packetByteCountMax = row[9].flatMap { Int64($0) } ?? packetByteCountMax
    lowerCaseTableNames = row[10].flatMap { Int64($0) } ?? 0
    user = row[11] ?? ""
    hasMetadata = rows.columns != nil
  }
}
