internal import TernCore
internal import TernDriver
internal import TernNet

/// What moving files needs of the connection.
struct SnowflakeFileSettings: Sendable {
  /// Connects to any host.
  var client: HTTPClient
  /// How long a store may be silent, in nanoseconds.
  var networkTimeout: Int64 = 60_000_000_000
  /// Whether stores must have TLS, as the service has.
  var requiresEncryption = true
  /// Whether the service is on this machine: only then may a stage be a folder of it.
  var isServiceLocal = false
  /// The folder that nothing may leave; empty for none.
  var root = ""
  var putEndsAtFailure = false
  var getEndsAtFailure = false
  /// Bytes of a part of a large file, at least; stores refuse less than 5 MiB.
  var partByteCountMin = 8 << 20
  var backoff = SnowflakeBackoff()
}

extension SnowflakeFileSettings {
  /// What the options of a connection say.
  ///
  /// - Parameter host: the service's.
  init(
    _ client: HTTPClient, _ settings: SnowflakeSettings, requiresEncryption: Bool, host: String
  ) {
    self.init(client: client)
    networkTimeout = settings.networkTimeout
    self.requiresEncryption = requiresEncryption
    isServiceLocal = Endpoint(host: host, port: 0).isLoopback
    root = settings.localFilesRoot
    putEndsAtFailure = settings.putEndsAtFailure
    getEndsAtFailure = settings.getEndsAtFailure
  }
}

/// One PUT or GET: the server says where to, this moves the bytes.
///
/// Which local files are touched follows from the statement alone; an answer that says otherwise
/// is refused. Source: Snowflake reference, section 7.
struct SnowflakeFileTransfer: Sendable {
  let command: SnowflakeFileCommand
  let settings: SnowflakeFileSettings
  private let place: SnowflakeFilePlace
  private let sql: String
  private let asker: SnowflakeFileAsker
  private let ask: SnowflakeFileAsker.Ask

  /// - Parameter ask: sends the statement and gives its answer; called again for new credentials,
  ///   by one thread at a time.
  /// - Throws: `.usage` for a statement that names no local path, or one that is not allowed.
  init(
    _ sql: String, _ settings: SnowflakeFileSettings, ask: @escaping SnowflakeFileAsker.Ask
  ) throws(TernError) {
    command = try SnowflakeFileCommand(sql)
    place = try SnowflakeFilePlace(command.path, root: settings.root)
    self.sql = sql
    self.settings = settings
    self.ask = ask
    asker = SnowflakeFileAsker(ask)
  }

  /// Moves the files.
  ///
  /// A file that fails is a row that says so, unless the options want the first failure to end it
  /// all.
  /// - Throws: `.cancelled`, `.timeout`, `.connection`; `.sql` for what the server refused; `.data`
  ///   when PUT finds no file.
  func run(_ context: CallContext) throws(TernError) -> any PageSource {
    let local = command.verb == .put ? try place.sources() : nil
    let order = try SnowflakeFileOrder(try ask(sql, context))
    try order.check(command.verb, path: command.path)
    try check(order.stage)
    let grant = SnowflakeFileGrant(order, asker, sql: sql, command.verb, path: command.path)
    let rows: [SnowflakeFileRow]
    if let local {
      let job = SnowflakeFilePut(
        command, settings, order, grant, local.folder, isSealed: order.stage.isEncryptedHere)
      rows = try job.run(local.names, context)
    } else {
      rows = try SnowflakeFileGet(settings, order, grant, try place.target()).run(context)
    }
    return try SnowflakeFileRow.pages(
      rows, command.verb, showsEncryption: order.showsEncryption, queryID: order.queryID)
  }

  /// Stores one file that is in memory, as if it had the statement's name.
  func store(_ bytes: [UInt8], _ context: CallContext) throws(TernError) {
    let order = try SnowflakeFileOrder(try ask(sql, context))
    try order.check(.put, path: command.path)
    try check(order.stage)
    let grant = SnowflakeFileGrant(order, asker, sql: sql, .put, path: command.path)
    let job = SnowflakeFilePut(
      command, settings, order, grant, nil, isSealed: order.stage.isEncryptedHere)
    let name = command.path.utf8.split(separator: UInt8(ascii: "/")).last.map {
      String(decoding: $0, as: UTF8.self)
    }
    _ = try job.put(.bytes(bytes), name ?? command.path, context)
  }

  /// Refuses stages that cannot be used, before any file is touched.
  private func check(_ stage: SnowflakeFileStage) throws(TernError) {
    guard stage.kind == "LOCAL_FS" else {
      // A URL for each file is asked for later.
      if !stage.needsURLs { _ = try stage.cloud() }
      return
    }
    guard settings.isServiceLocal else {
      throw TernError(
        .sql, .general,
        "the server named a folder of this machine as its stage, but is not on this machine: "
          + "nothing was moved")
    }
  }
}

extension TernError {
  /// Whether the failure is of one file, so that others may be moved.
  var isOfOneFile: Bool {
    switch kind {
    case .sql, .data, .usage, .unsupported: true
    case .connection, .authentication, .timeout, .cancelled, .internal: false
    }
  }
}
