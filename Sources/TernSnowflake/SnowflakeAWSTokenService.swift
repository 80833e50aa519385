internal import TernCore
internal import TernNet

/// The service of AWS that gives the keys of a role to whoever may take it (STS).
///
/// Source: AWS Security Token Service API Reference, `AssumeRole`, `AssumeRoleWithWebIdentity`.
struct SnowflakeAWSTokenService: Sendable {
  let web: SnowflakeWeb
  let region: String
  /// Another address of the service, from the environment; nil for the region's own.
  let endpoint: String?

  /// What a session is called where nobody says it.
  static let sessionName = "tern-workload-identity"
  /// How long an answer may take altogether, in nanoseconds.
  private static let nanosecondsMax: Int64 = 30_000_000_000
  /// Tokens of sessions have no stated length.
  private static let tokenByteCountMax = 64 << 10
  private static let version = "2011-06-15"

  /// Domains of the partitions, by how their regions begin.
  private static let domains = [
    ("cn-", "amazonaws.com.cn"), ("eusc-", "amazonaws.eu"), ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"), ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
  ]

  /// The service's own host in a region.
  static func host(_ region: String) -> String {
    let domain = domains.first { region.hasPrefix($0.0) }?.1 ?? "amazonaws.com"
    return "sts.\(region).\(domain)"
  }

  /// The keys of `role`, for who proves by `credentials` that it may take it.
  ///
  /// - Parameter now: seconds since 1970.
  func assume(
    _ role: String, _ credentials: SnowflakeAWSCredentials, _ now: Int64, _ context: CallContext
  ) throws(TernError) -> SnowflakeAWSCredentials {
    let form = [("RoleArn", role), ("RoleSessionName", Self.sessionName)]
    return try ask("AssumeRole", form, context) { (host, path, body) in
      signature(credentials).headers(
        "POST", host, path, [], [("content-type", SnowflakeForm.type)],
        payload: SnowflakeAWSSignature.digest(body), now)
    }
  }

  /// The keys of `role`, for whom an identity provider's token names. Nothing is signed.
  func assume(
    _ role: String, session: String, webIdentity token: Secret, _ context: CallContext
  ) throws(TernError) -> SnowflakeAWSCredentials {
    let form = [
      ("RoleArn", role), ("RoleSessionName", session), ("WebIdentityToken", token.text),
    ]
    return try ask("AssumeRoleWithWebIdentity", form, context) { (_, _, _) in
      [("content-type", SnowflakeForm.type)]
    }
  }

  /// Signs with `credentials` for this service and region.
  func signature(_ credentials: SnowflakeAWSCredentials) -> SnowflakeAWSSignature {
    SnowflakeAWSSignature(
      keyID: credentials.keyID, key: credentials.key, sessionToken: credentials.sessionToken,
      region: region, service: "sts")
  }

  private func ask(
    _ action: String, _ form: [(name: String, value: String)], _ context: CallContext,
    _ headers: (String, String, String) -> [(name: String, value: String)]
  ) throws(TernError) -> SnowflakeAWSCredentials {
    let url = endpoint ?? "https://\(Self.host(region))/"
    guard let (origin, path) = HTTPOrigin.split(url: url), !path.utf8.contains(0x3F),
      origin.isEncrypted || origin.endpoint.isLoopback
    else {
      throw SnowflakeAWSCredentials.refusal(
        "AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL must be a https address without a query")
    }
    let body = SnowflakeForm.encode([("Action", action), ("Version", Self.version)] + form)
    let fields = headers(origin.hostHeader, path, body) + [("accept", "text/xml")]
    let answer = try web.send(
      "POST", url, headers: fields.map { ($0.name, $0.value) }, body: Array(body.utf8),
      "AWS's token service", context.limited(to: .after(Self.nanosecondsMax, .network)))
    let xml = String(decoding: answer.body, as: UTF8.self)
    let element = { (name: String) in
      SnowflakeFileXML.element(name, of: xml, byteCountMax: Self.tokenByteCountMax)
    }
    guard answer.status == 200, let keyID = element("AccessKeyId"),
      let key = element("SecretAccessKey"), let token = element("SessionToken")
    else {
      throw SnowflakeAWSCredentials.refusal(
        "\(action) was refused", answer.status, ["Code", "Message"].compactMap { element($0) })
    }
    return try SnowflakeAWSCredentials(keyID: keyID, key: key, sessionToken: token)
  }
}
