import Tern

/// What statement attributes hold that are no descriptor cells.
struct StatementSettings {
  /// `SQL_ATTR_QUERY_TIMEOUT`, in seconds; 0 = none.
  var queryTimeout: UInt = 0
  /// `SQL_ATTR_MAX_ROWS`; 0 = all.
  var rowCountMax: UInt = 0
  /// `SQL_ATTR_NOSCAN`: 1 leaves escape sequences alone.
  var noScan: UInt = 0
  /// `SQL_ATTR_MAX_LENGTH`; 0 = no limit.
  var byteCountMax: UInt = 0
  /// `SQL_ATTR_CURSOR_TYPE`: 0 forward-only, 3 static.
  var cursorType: UInt = 0
  /// `SQL_ATTR_CONCURRENCY`: 1 read-only.
  var concurrency: UInt = 1
  /// `SQL_ATTR_KEYSET_SIZE`.
  var keysetSize: UInt = 0
  /// `SQL_ROWSET_SIZE`, for SQLExtendedFetch only.
  var rowsetSize: UInt = 1
  /// `SQL_ATTR_SIMULATE_CURSOR`.
  var simulateCursor: UInt = 0
  /// `SQL_ATTR_RETRIEVE_DATA`: 0 moves the cursor without writing.
  var retrieveData: UInt = 1
  /// `SQL_ATTR_ENABLE_AUTO_IPD`.
  var enableAutoIPD: UInt = 0
  /// `SQL_ATTR_FETCH_BOOKMARK_PTR`.
  var bookmark: UInt = 0
  /// `SQL_ATTR_CURSOR_SENSITIVITY`.
  var cursorSensitivity: UInt = 0
  /// `SQL_ATTR_METADATA_ID`: 1 makes catalog arguments identifiers.
  var metadataID: UInt = 0

  /// Cursor types that this driver has.
  static let forwardOnly: UInt = 0
  static let `static`: UInt = 3

  /// What a connection makes new statements start with.
  init(_ connection: ConnectionAttributes, _ options: StatementOptions) {
    let seconds = UInt(clamping: options.queryTimeoutNanoseconds / 1_000_000_000)
    queryTimeout = connection[0, default: seconds]
    rowCountMax = connection[1, default: UInt(clamping: options.rowCountMax)]
    noScan = connection[2, default: 0]
    byteCountMax = connection[3, default: 0]
    cursorType = connection[6, default: 0] == 0 ? 0 : StatementSettings.static
    rowsetSize = max(1, connection[9, default: 1])
    retrieveData = connection[11, default: 1]
    metadataID = connection[ConnectionAttribute.metadataID, default: 0]
  }
}
