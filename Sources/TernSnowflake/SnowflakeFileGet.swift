internal import TernCore
internal import TernNet

/// The files of one GET, on their way to a folder.
///
/// Of what the server calls them only the last part is used: nothing is written anywhere else.
struct SnowflakeFileGet: Sendable {
  private let settings: SnowflakeFileSettings
  private let order: SnowflakeFileOrder
  private let grant: SnowflakeFileGrant
  private let folder: LocalFolder

  init(
    _ settings: SnowflakeFileSettings, _ order: SnowflakeFileOrder, _ grant: SnowflakeFileGrant,
    _ folder: LocalFolder
  ) {
    self.settings = settings
    self.order = order
    self.grant = grant
    self.folder = folder
  }

  /// Gets all of them.
  func run(_ context: CallContext) throws(TernError) -> [SnowflakeFileRow] {
    let names = order.sources.map { Self.name(of: $0) }
    var counts: [String: Int] = [:]
    for name in names { counts[name, default: 0] += 1 }
    let twice = Set(counts.filter { $0.value > 1 }.keys)
    let rows = try SnowflakeFileWorkers.each(
      of: Array(names.indices), atOnce: order.parallel
    ) { (index) throws(TernError) in
      try row(index, names[index], isAlone: !twice.contains(names[index]), context)
    }
    return names.indices.compactMap { rows[$0] }
  }

  /// The last part of a path in the stage.
  static func name(of source: String) -> String {
    source.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last.map {
      String(decoding: $0, as: UTF8.self)
    } ?? ""
  }

  private func row(
    _ index: Int, _ name: String, isAlone: Bool, _ context: CallContext
  ) throws(TernError) -> SnowflakeFileRow {
    var row = SnowflakeFileRow(name, .downloaded)
    do throws(TernError) {
      guard LocalFolder.isName(name) else {
        throw .data("the server named a file that can have no place here", .general)
      }
      guard isAlone else {
        throw .data(
          "several files of the stage have this name; GET them into folders of their own",
          .general)
      }
      let file = try folder.newFile(name)
      try fill(file, index, context)
      row.targetByteCount = Int64(file.byteCount)
      row.isEncrypted = order.material(index) != nil
      _ = try file.publish(replaces: true)
      return row
    } catch {
      guard error.isOfOneFile, !settings.getEndsAtFailure else {
        throw error.prefixed("GET \(name)")
      }
      row = SnowflakeFileRow(name, .failed)
      row.message = error.message
      return row
    }
  }

  private func fill(
    _ file: LocalFileWriter, _ index: Int, _ context: CallContext
  ) throws(TernError) {
    let source = order.sources[index]
    let name = String(source.drop { $0 == "/" })
    guard order.stage.kind != "LOCAL_FS" else { return try copy(name, into: file, context) }
    guard order.material(index) != nil || !order.stage.isEncryptedHere else {
      throw TernError(
        .sql, .general, "the stage is encrypted by its clients, but the server gave no key")
    }
    let store = SnowflakeFileStore(
      client: settings.client, grant: grant, networkTimeout: settings.networkTimeout,
      requiresEncryption: settings.requiresEncryption, backoff: settings.backoff, source: source)
    let download = SnowflakeFileDownload(
      store: store, material: order.material(index), name: name)
    try download.run(into: file, context)
  }

  /// Source: Snowflake reference, section 7.2.
  private func copy(
    _ name: String, into file: LocalFileWriter, _ context: CallContext
  ) throws(TernError) {
    let location = order.stage.location
    let stage = try SnowflakeFilePlace(
      location.hasSuffix("/") ? location : location + "/", root: settings.root
    ).target(makes: false)
    var parts = name.utf8.split(separator: UInt8(ascii: "/")).map {
      String(decoding: $0, as: UTF8.self)
    }
    let last = parts.popLast() ?? ""
    let source = try LocalFolder(in: stage, parts).file(last)
    try SnowflakeFilePayload.forEachPiece(of: .file(source), context) { (piece) throws(TernError) in
      try file.append(piece)
    }
  }
}
