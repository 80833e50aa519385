internal import TernCore
internal import TernDriver
internal import TernNet

/// Objects in S3, or in what speaks like it.
///
/// Source: Snowflake reference, section 7.1, "S3".
struct SnowflakeFileS3: SnowflakeFileCloud {
  let canSplit = true
  let canLook = true
  private let origin: HTTPOrigin
  /// Behind the host, percent-encoded, with a slash at its end.
  private let base: String
  private let signature: SnowflakeAWSSignature

  private static let meta = "x-amz-meta-"

  init(_ stage: SnowflakeFileStage) throws(TernError) {
    let (bucket, prefix) = stage.container
    let region = stage.region ?? "us-east-1"
    let place = try Self.place(stage, bucket: bucket, region: region)
    origin = place.origin
    base = (place.isPath ? "/\(Percent.encode(bucket))/" : "/") + Percent.encode(prefix, also: "/")
    signature = SnowflakeAWSSignature(
      keyID: try stage.need("AWS_KEY_ID").text, key: try stage.need("AWS_SECRET_KEY"),
      sessionToken: stage.credential("AWS_TOKEN"), region: region, service: "s3")
  }

  /// The host, and whether the bucket is a part of the path instead of the host.
  private static func place(
    _ stage: SnowflakeFileStage, bucket: String, region: String
  ) throws(TernError) -> (origin: HTTPOrigin, isPath: Bool) {
    let isChina = region.lowercased().hasPrefix("cn-")
    // A bucket with such characters is no label of a host, or none that a certificate covers.
    let isLabel = bucket.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
    }
    let isRegional = stage.usesRegionalURL || isChina || !isLabel
    let own = "s3" + (isRegional ? ".\(region)" : "") + ".amazonaws.com" + (isChina ? ".cn" : "")
    var origin = try SnowflakeFileStage.origin(stage.endPoint ?? own)
    // Stores of other makers, which are named with their port, know buckets as paths.
    let isPlain = origin.endpoint.port == 443 && !SnowflakeFileStage.isAddress(origin.endpoint.host)
    if stage.usesVirtualURL || (isLabel && isPlain) {
      origin.endpoint.host = "\(bucket).\(origin.endpoint.host)"
      return (origin, false)
    }
    return (origin, true)
  }

  func request(
    _ action: SnowflakeFileAction, _ name: String, now: Int64
  ) throws(TernError) -> (origin: HTTPOrigin, request: HTTPRequest) {
    let path = base + Percent.encode(name, also: "/")
    let query = action.encodedQuery
    // The bytes of objects are not signed: that would cost a pass over them, and TLS guards them.
    let payload =
      action.method == "PUT"
      ? SnowflakeAWSSignature.unsigned : SnowflakeAWSSignature.digest(action.document)
    let headers = signature.headers(
      action.method, origin.hostHeader, path, query,
      action.headers + [("x-amz-content-sha256", payload)], payload: payload, now)
    let items = query.map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }
    let target = path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    return (
      origin,
      HTTPRequest(
        action.method, target, headers: HTTPHeaders(headers.map { ($0.name, $0.value) }))
    )
  }

  private func metadata(_ facts: SnowflakeFileFacts) -> [(name: String, value: String)] {
    var headers = [(name: "content-type", value: "application/octet-stream")]
    if let digest = facts.digest { headers.append((Self.meta + "sfc-digest", digest)) }
    if let seal = facts.seal {
      headers.append((Self.meta + "x-amz-key", seal.wrappedKey))
      headers.append((Self.meta + "x-amz-iv", Base64.encode(seal.vector)))
      headers.append((Self.meta + "x-amz-matdesc", seal.description))
    }
    return headers
  }

  func store(_ facts: SnowflakeFileFacts) -> SnowflakeFileAction {
    SnowflakeFileAction("PUT", headers: metadata(facts))
  }

  func facts(_ headers: HTTPHeaders) throws(TernError) -> SnowflakeFileFacts {
    SnowflakeFileFacts(
      digest: headers[Self.meta + "sfc-digest"],
      seal: SnowflakeFileSeal(
        wrappedKey: headers[Self.meta + "x-amz-key"], vector: headers[Self.meta + "x-amz-iv"]))
  }

  func begin(_ facts: SnowflakeFileFacts) -> SnowflakeFileAction? {
    SnowflakeFileAction("POST", query: [("uploads", "")], headers: metadata(facts))
  }

  func part(_ number: Int, of upload: String) -> SnowflakeFileAction {
    SnowflakeFileAction("PUT", query: [("partNumber", "\(number)"), ("uploadId", upload)])
  }

  func tag(_ number: Int, of upload: String, _ headers: HTTPHeaders) throws(TernError) -> String {
    guard let tag = headers["ETag"] else { throw .badReply("a stored part without an ETag") }
    return tag
  }

  func end(
    _ upload: String, _ tags: [String], _ facts: SnowflakeFileFacts
  ) -> SnowflakeFileAction {
    let parts = zip(1..., tags).map { number, tag in
      "<Part><PartNumber>\(number)</PartNumber><ETag>\(SnowflakeFileXML.escaped(tag))</ETag></Part>"
    }
    return SnowflakeFileAction(
      "POST", query: [("uploadId", upload)], headers: [("content-type", "application/xml")],
      document: "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>")
  }

  func drop(_ upload: String) -> SnowflakeFileAction? {
    SnowflakeFileAction("DELETE", query: [("uploadId", upload)])
  }
}
