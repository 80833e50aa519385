internal import TernCore
internal import TernDriver
internal import TernNet

/// Objects in Google's store, opened by an access token, or one by one by presigned URLs.
///
/// Source: Snowflake reference, section 7.1, "GCS".
struct SnowflakeFileGoogle: SnowflakeFileCloud {
  let canSplit = false
  /// A presigned URL is good for one method.
  var canLook: Bool { token != nil }
  private let origin: HTTPOrigin
  /// Behind the host; with a presigned URL the whole target.
  private let base: String
  private let token: Secret?
  private let presigned: Secret?

  private static let meta = "x-goog-meta-"
  private static let domain = "googleapis.com"
  /// The region that has no other address.
  private static let regionalOnly = "me-central2"

  init(_ stage: SnowflakeFileStage, presigned: Secret?) throws(TernError) {
    if let presigned {
      guard let (origin, target) = HTTPOrigin.split(url: presigned.text) else {
        throw TernError(.sql, .general, "the server gave a URL for the stage that cannot be read")
      }
      self.origin = origin
      base = target
      token = nil
      self.presigned = presigned
      return
    }
    self.presigned = nil
    let (bucket, prefix) = stage.container
    token = try stage.need("GCS_ACCESS_TOKEN")
    let region = stage.region?.lowercased() ?? ""
    var place = "storage.\(Self.domain)"
    if let endPoint = stage.endPoint {
      place = endPoint
    } else if stage.usesVirtualURL {
      place = "\(bucket).\(place)"
    } else if stage.usesRegionalURL || region == Self.regionalOnly {
      place = "storage.\(region).rep.\(Self.domain)"
    }
    origin = try SnowflakeFileStage.origin(place)
    let isVirtual = stage.usesVirtualURL && stage.endPoint == nil
    base =
      (isVirtual ? "/" : "/\(Percent.encode(bucket))/") + Percent.encode(prefix, also: "/")
  }

  func request(
    _ action: SnowflakeFileAction, _ name: String, now: Int64
  ) throws(TernError) -> (origin: HTTPOrigin, request: HTTPRequest) {
    var headers = HTTPHeaders(action.headers.map { ($0.name, $0.value) })
    var target = base
    if let token {
      headers.set("Authorization", "Bearer \(token.text)")
      target += Percent.encode(name, also: "/")
    }
    return (origin, HTTPRequest(action.method, target, headers: headers))
  }

  func store(_ facts: SnowflakeFileFacts) -> SnowflakeFileAction {
    var headers: [(name: String, value: String)] = []
    // Older forms of presigned URLs are signed for a request without a type.
    if token != nil { headers.append(("content-type", "application/octet-stream")) }
    if let digest = facts.digest { headers.append((Self.meta + "sfc-digest", digest)) }
    if let seal = facts.seal {
      headers.append((Self.meta + "encryptiondata", seal.encryptionData))
      headers.append((Self.meta + "matdesc", seal.description))
    }
    return SnowflakeFileAction("PUT", headers: headers)
  }

  func facts(_ headers: HTTPHeaders) throws(TernError) -> SnowflakeFileFacts {
    var facts = SnowflakeFileFacts(digest: headers[Self.meta + "sfc-digest"])
    if let text = headers[Self.meta + "encryptiondata"] {
      facts.seal = try SnowflakeFileSeal(encryptionData: text)
    }
    return facts
  }

  func begin(_ facts: SnowflakeFileFacts) -> SnowflakeFileAction? { nil }

  func part(_ number: Int, of upload: String) -> SnowflakeFileAction { SnowflakeFileAction("PUT") }

  func tag(_ number: Int, of upload: String, _ headers: HTTPHeaders) throws(TernError) -> String {
    throw .internal("files are not sent in parts there")
  }

  func end(
    _ upload: String, _ tags: [String], _ facts: SnowflakeFileFacts
  ) -> SnowflakeFileAction { SnowflakeFileAction("PUT") }

  func drop(_ upload: String) -> SnowflakeFileAction? { nil }
}
