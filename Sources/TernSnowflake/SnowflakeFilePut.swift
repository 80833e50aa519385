internal import TernCore
internal import TernNet

/// The files of one PUT, on their way to the stage.
struct SnowflakeFilePut: Sendable {
  private let command: SnowflakeFileCommand
  private let settings: SnowflakeFileSettings
  private let order: SnowflakeFileOrder
  private let grant: SnowflakeFileGrant
  /// nil for a file that is in memory.
  private let folder: LocalFolder?
  private let isSealed: Bool

  init(
    _ command: SnowflakeFileCommand, _ settings: SnowflakeFileSettings,
    _ order: SnowflakeFileOrder, _ grant: SnowflakeFileGrant, _ folder: LocalFolder?,
    isSealed: Bool
  ) {
    self.command = command
    self.settings = settings
    self.order = order
    self.grant = grant
    self.folder = folder
    self.isSealed = isSealed
  }

  /// Puts the files of these names: small ones together, large ones one after another, in parts
  /// that go together.
  func run(_ names: [String], _ context: CallContext) throws(TernError) -> [SnowflakeFileRow] {
    var (small, large): ([Int], [Int]) = ([], [])
    for (index, name) in names.enumerated() {
      let count = (try? folder?.file(name).byteCount) ?? 0
      if count > order.threshold { large.append(index) } else { small.append(index) }
    }
    let put = { @Sendable (index: Int) throws(TernError) in try row(names[index], context) }
    var rows = try SnowflakeFileWorkers.each(of: small, atOnce: order.parallel, put)
    for index in large { rows[index] = try put(index) }
    return names.indices.compactMap { rows[$0] }
  }

  private func row(
    _ name: String, _ context: CallContext
  ) throws(TernError) -> SnowflakeFileRow {
    do throws(TernError) {
      guard let folder else { throw .internal("a file without a folder") }
      return try put(.file(try folder.file(name)), name, context)
    } catch {
      guard error.isOfOneFile, !settings.putEndsAtFailure else {
        throw error.prefixed("PUT \(name)")
      }
      var row = SnowflakeFileRow(name, .failed)
      row.target = name
      row.message = error.message
      return row
    }
  }

  /// Puts one file.
  func put(
    _ content: SnowflakeFilePayload.Content, _ name: String, _ context: CallContext
  ) throws(TernError) -> SnowflakeFileRow {
    var row = SnowflakeFileRow(name, .uploaded)
    row.sourceByteCount = Int64(content.byteCount)
    row.sourceCompression = try compression(of: content, name)
    let isPacked = order.compresses && row.sourceCompression == .none
    row.targetCompression = isPacked ? .gzip : row.sourceCompression
    row.target = isPacked ? name + ".gz" : name
    if order.stage.kind == "LOCAL_FS" {
      try copy(content, isPacked: isPacked, &row, context)
    } else {
      try upload(content, isPacked: isPacked, &row, context)
    }
    return row
  }

  private func compression(
    of content: SnowflakeFilePayload.Content, _ name: String
  ) throws(TernError) -> SnowflakeFileCompression {
    let option = order.sourceCompression
    guard option == "auto_detect" || option == "auto" else {
      guard let told = SnowflakeFileCompression(option: option), told.isSupported else {
        throw .unsupported("SOURCE_COMPRESSION = \(option) is not known")
      }
      return told
    }
    let start = try ByteCollector.piece(
      of: content.reader(), SnowflakeFileCompression.startByteCount)
    let found = SnowflakeFileCompression.detected(name: name, start: start)
    guard found.isSupported else {
      throw .unsupported(
        "\(name) looks like \(found.rawValue), which the service does not read; with "
          + "SOURCE_COMPRESSION = NONE it is stored like any other file")
    }
    return found
  }

  /// Says that a file of the name is there already, which stays.
  private static func skip(_ row: inout SnowflakeFileRow, isSame: Bool?) {
    row.status = .skipped
    row.targetByteCount = 0
    if isSame == false {
      row.message = "a file of this name with other bytes is there; OVERWRITE = TRUE replaces it"
    }
  }
}

// Where the bytes go.
extension SnowflakeFilePut {
  /// Source: Snowflake reference, section 7.2.
  private func copy(
    _ content: SnowflakeFilePayload.Content, isPacked: Bool, _ row: inout SnowflakeFileRow,
    _ context: CallContext
  ) throws(TernError) {
    let location = order.stage.location
    let stage = try SnowflakeFilePlace(
      location.hasSuffix("/") ? location : location + "/", root: settings.root
    ).target()
    guard order.overwrites || !stage.contains(row.target) else {
      return Self.skip(&row, isSame: nil)
    }
    let file = try stage.newFile(row.target)
    let append = { (piece: [UInt8]) throws(TernError) in try file.append(piece) }
    if isPacked {
      try SnowflakeFilePayload.pack(content, context, append)
    } else {
      try SnowflakeFilePayload.forEachPiece(of: content, context, append)
    }
    row.targetByteCount = Int64(file.byteCount)
    guard try file.publish(replaces: order.overwrites) else {
      return Self.skip(&row, isSame: nil)
    }
  }

  private func upload(
    _ content: SnowflakeFilePayload.Content, isPacked: Bool, _ row: inout SnowflakeFileRow,
    _ context: CallContext
  ) throws(TernError) {
    let seal = try order.material(0)?.seal()
    guard seal != nil || !isSealed else {
      throw TernError(
        .sql, .general, "the stage is encrypted by its clients, but the server gave no key")
    }
    let payload = try SnowflakeFilePayload(content, isPacked: isPacked, context)
    let grant =
      order.stage.needsURLs
      ? try self.grant.single(command, named: row.target, context) : self.grant
    let upload = SnowflakeFileUpload(
      store: SnowflakeFileStore(
        client: settings.client, grant: grant, networkTimeout: settings.networkTimeout,
        requiresEncryption: settings.requiresEncryption, backoff: settings.backoff),
      payload: payload, seal: seal, name: row.target, parallel: order.parallel,
      threshold: order.threshold, partByteCountMin: settings.partByteCountMin)
    if !order.overwrites, let found = try upload.existing(context) {
      return Self.skip(&row, isSame: found.digest.map { $0 == payload.digest })
    }
    try upload.run(context)
    row.targetByteCount = Int64(upload.byteCount)
    row.isEncrypted = seal != nil
  }
}
