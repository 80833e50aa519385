internal import TernColumns
internal import TernCore

/// What the server says is to be moved, and where: its answer to PUT and GET.
///
/// Source: Snowflake reference, section 7.1.
struct SnowflakeFileOrder: Sendable {
  /// `UPLOAD` or `DOWNLOAD`.
  var command = ""
  /// The local path for PUT, files of the stage for GET.
  var sources: [String] = []
  /// The local folder for GET.
  var localLocation = ""
  /// How many files, or parts of a large one, move at once.
  var parallel = 4
  /// Files of more bytes are sent in parts.
  var threshold = thresholdDefault
  var compresses = true
  var overwrites = false
  var sourceCompression = "auto_detect"
  var showsEncryption = false
  var stage = SnowflakeFileStage()
  /// The keys of the files: one for PUT, one for each source for GET; nil where there is none.
  var materials: [SnowflakeFileMaterial?] = []
  /// URLs for each source, for GET.
  var presignedURLs: [Secret] = []
  var queryID: String?

  private static let thresholdDefault = 200 << 20
  /// Stores take no more in one piece.
  private static let thresholdMax: Int64 = 4 << 30
  private static let parallelMax: Int64 = 99

  init() {}

  /// Reads `data` of an answer.
  ///
  /// - Throws: `.connection` for what is no JSON.
  init(_ answer: SnowflakeAnswer) throws(TernError) {
    guard !answer.data.isEmpty else { return }
    let reader = try JSONReader(
      ArraySource(answer.body, in: answer.data),
      limit: JSONReader.Limit(valueByteCountMax: Limits.valueByteCountMax))
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in try read(member, reader) }
    try reader.finish()
  }

  private mutating func read(_ member: String, _ reader: JSONReader) throws(TernError) {
    switch member {
    case "command": command = try reader.textOrAbsent() ?? ""
    case "src_locations": sources = try Self.texts(reader)
    case "localLocation": localLocation = try reader.textOrAbsent() ?? ""
    case "parallel":
      if let count = try reader.wholeNumberOrAbsent() {
        parallel = Int(min(max(count, 1), Self.parallelMax))
      }
    case "threshold":
      if let count = try reader.wholeNumberOrAbsent(), count > 0 {
        threshold = Int(min(count, Self.thresholdMax))
      }
    case "autoCompress": compresses = try reader.flagOrAbsent() ?? true
    case "overwrite": overwrites = try reader.flagOrAbsent() ?? false
    case "sourceCompression":
      sourceCompression = try reader.textOrAbsent()?.lowercased() ?? sourceCompression
    case "clientShowEncryptionParameter": showsEncryption = try reader.flagOrAbsent() ?? false
    case "stageInfo": stage = try SnowflakeFileStage(reading: reader)
    case "encryptionMaterial": materials = try Self.materials(reader)
    case "presignedUrls": presignedURLs = try Self.texts(reader).map { Secret($0) }
    case "queryId": queryID = try reader.textOrAbsent()
    default: try reader.skip()
    }
  }

  private static func texts(_ reader: JSONReader) throws(TernError) -> [String] {
    guard try reader.beginArrayOrAbsent() else { return [] }
    var texts: [String] = []
    while try reader.nextElement() { texts.append(try reader.textOrAbsent() ?? "") }
    return texts
  }

  /// An object for PUT, a list for GET, whose elements may be null.
  private static func materials(
    _ reader: JSONReader
  ) throws(TernError) -> [SnowflakeFileMaterial?] {
    if try reader.peek() == .object { return [try SnowflakeFileMaterial(reading: reader)] }
    guard try reader.beginArrayOrAbsent() else { return [] }
    var list: [SnowflakeFileMaterial?] = []
    while try reader.nextElement() { list.append(try SnowflakeFileMaterial(reading: reader)) }
    return list
  }

  /// Refuses an order that is not what the user's own statement says.
  ///
  /// - Parameter path: the local path that the statement has.
  func check(_ verb: SnowflakeFileCommand.Verb, path: String) throws(TernError) {
    guard command.uppercased() == verb.command else {
      throw TernError(
        .sql, .general,
        "the server answered \(verb.rawValue) "
          + (command.isEmpty ? "without saying what to move" : "with the command \(command)")
          + ": nothing was moved")
    }
    let told = verb == .put ? sources : [localLocation]
    guard told.count == 1, Self.trimmed(told[0]) == Self.trimmed(path) else {
      throw TernError(
        .sql, .general,
        "the server named other local files than the statement (\(path)): nothing was moved")
    }
    guard verb == .put || materials.isEmpty || materials.count == sources.count,
      verb == .put || presignedURLs.isEmpty || presignedURLs.count == sources.count
    else {
      throw TernError(.sql, .general, "the server gave keys or URLs for other files than it named")
    }
  }

  /// Without the slashes at its end.
  private static func trimmed(_ path: String) -> Substring {
    var text = path[...]
    while text.count > 1, text.hasSuffix("/") { text.removeLast() }
    return text
  }

  /// The key of the file `index`.
  func material(_ index: Int) -> SnowflakeFileMaterial? {
    materials.indices.contains(index) ? materials[index] : nil
  }
}
