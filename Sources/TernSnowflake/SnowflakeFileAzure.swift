internal import TernCore
internal import TernDriver
internal import TernNet

/// Block blobs in Azure, opened by a shared access signature.
///
/// Source: Snowflake reference, section 7.1, "Azure".
struct SnowflakeFileAzure: SnowflakeFileCloud {
  let canSplit = true
  let canLook = true
  private let origin: HTTPOrigin
  private let base: String
  /// A query as it is sent. Secret.
  private let access: Secret

  private static let meta = "x-ms-meta-"
  private static let endPointDefault = "blob.core.windows.net"

  init(_ stage: SnowflakeFileStage) throws(TernError) {
    let (container, prefix) = stage.container
    let place = stage.endPoint ?? Self.endPointDefault
    let whole = try SnowflakeFileStage.origin(place)
    if place.utf8.contains(UInt8(ascii: "/"))
      || SnowflakeFileStage.isAddress(whole.endpoint.host)
    {
      // A whole URL and an address name the account's own place.
      origin = whole
    } else {
      guard let account = stage.storageAccount else {
        throw TernError(.sql, .general, "the server named no storage account for the stage")
      }
      origin = try SnowflakeFileStage.origin("\(account).\(place)")
    }
    base = "/\(Percent.encode(container))/" + Percent.encode(prefix, also: "/")
    let token = try stage.need("AZURE_SAS_TOKEN").text
    access = Secret(String(token.drop { $0 == "?" }))
  }

  func request(
    _ action: SnowflakeFileAction, _ name: String, now: Int64
  ) throws(TernError) -> (origin: HTTPOrigin, request: HTTPRequest) {
    let items = action.encodedQuery.map { "\($0.name)=\($0.value)" } + [access.text]
    let target = base + Percent.encode(name, also: "/") + "?" + items.joined(separator: "&")
    return (
      origin,
      HTTPRequest(
        action.method, target, headers: HTTPHeaders(action.headers.map { ($0.name, $0.value) }))
    )
  }

  private func metadata(_ facts: SnowflakeFileFacts) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if let digest = facts.digest { headers.append((Self.meta + "sfcdigest", digest)) }
    if let seal = facts.seal {
      headers.append((Self.meta + "encryptiondata", seal.encryptionData))
      headers.append((Self.meta + "matdesc", seal.description))
    }
    return headers
  }

  func store(_ facts: SnowflakeFileFacts) -> SnowflakeFileAction {
    SnowflakeFileAction(
      "PUT",
      headers: [
        ("content-type", "application/octet-stream"), ("x-ms-blob-type", "BlockBlob"),
      ] + metadata(facts))
  }

  func facts(_ headers: HTTPHeaders) throws(TernError) -> SnowflakeFileFacts {
    var facts = SnowflakeFileFacts(digest: headers[Self.meta + "sfcdigest"])
    if let text = headers[Self.meta + "encryptiondata"] {
      facts.seal = try SnowflakeFileSeal(encryptionData: text)
    }
    return facts
  }

  /// Blocks need no beginning.
  func begin(_ facts: SnowflakeFileFacts) -> SnowflakeFileAction? { nil }

  func part(_ number: Int, of upload: String) -> SnowflakeFileAction {
    SnowflakeFileAction(
      "PUT", query: [("comp", "block"), ("blockid", Self.block(number, of: upload))])
  }

  /// All of one length, and not those of another client that sends the same file.
  private static func block(_ number: Int, of upload: String) -> String {
    let digits = String(number)
    let name = upload + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    return Base64.encode(Array(name.utf8))
  }

  func tag(_ number: Int, of upload: String, _ headers: HTTPHeaders) throws(TernError) -> String {
    Self.block(number, of: upload)
  }

  func end(
    _ upload: String, _ tags: [String], _ facts: SnowflakeFileFacts
  ) -> SnowflakeFileAction {
    SnowflakeFileAction(
      "PUT", query: [("comp", "blocklist")],
      headers: [
        ("content-type", "application/xml"),
        ("x-ms-blob-content-type", "application/octet-stream"),
      ] + metadata(facts),
      document: "<BlockList>" + tags.map { "<Latest>\($0)</Latest>" }.joined() + "</BlockList>")
  }

  /// Blocks that no list names go away by themselves.
  func drop(_ upload: String) -> SnowflakeFileAction? { nil }
}
