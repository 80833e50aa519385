internal import TernColumns
internal import TernCore

/// Where the files of a stage are, and what opens that place for a while.
///
/// Source: Snowflake reference, section 7.1, `stageInfo`.
struct SnowflakeFileStage: Sendable {
  /// `LOCAL_FS`, `S3`, `AZURE` or `GCS`.
  var kind = ""
  /// `bucket/prefix/`, or a folder of this machine.
  var location = ""
  var region: String?
  var storageAccount: String?
  var endPoint: String?
  var isEncryptedHere = false
  /// The cipher, where it is not AES in CBC.
  var ciphers: String?
  var usesRegionalURL = false
  var usesVirtualURL = false
  /// Where one file is put. Secret as a whole.
  var presignedURL: Secret?
  private var credentials: [String: Secret] = [:]

  init() {}

  init(reading reader: JSONReader) throws(TernError) {
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in
      switch member {
      case "locationType": kind = try reader.textOrAbsent()?.uppercased() ?? ""
      case "location": location = try reader.textOrAbsent() ?? ""
      case "region": region = try Self.nonempty(reader)
      case "storageAccount": storageAccount = try Self.nonempty(reader)
      case "endPoint": endPoint = try Self.nonempty(reader)
      case "isClientSideEncrypted": isEncryptedHere = try reader.flagOrAbsent() ?? false
      case "ciphers": ciphers = try Self.nonempty(reader)
      case "useS3RegionalUrl", "useRegionalUrl":
        if try reader.flagOrAbsent() == true { usesRegionalURL = true }
      case "useVirtualUrl": usesVirtualURL = try reader.flagOrAbsent() ?? false
      case "presignedUrl": presignedURL = try Self.nonempty(reader).map { Secret($0) }
      case "creds": try readCredentials(reader)
      default: try reader.skip()
      }
    }
  }

  private mutating func readCredentials(_ reader: JSONReader) throws(TernError) {
    try reader.forEachKeyOrAbsent { (name) throws(TernError) in
      if let text = try Self.nonempty(reader) { credentials[name] = Secret(text) }
    }
  }

  private static func nonempty(_ reader: JSONReader) throws(TernError) -> String? {
    let text = try reader.textOrAbsent()
    return text?.isEmpty ?? true ? nil : text
  }

  /// Whether each file is put through a URL of its own, which the server gives for its name.
  var needsURLs: Bool { kind == "GCS" && credential("GCS_ACCESS_TOKEN") == nil }

  /// A part of the credentials.
  func credential(_ name: String) -> Secret? { credentials[name] }

  /// The first part of the location, and what is behind it: empty, or with a slash at its end.
  var container: (name: String, prefix: String) {
    let parts = location.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let rest = parts.count > 1 ? String(parts[1]) : ""
    return (String(parts[0]), rest.isEmpty || rest.hasSuffix("/") ? rest : rest + "/")
  }
}
