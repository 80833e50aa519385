internal import TernCore
internal import TernDriver

/// What a machine of EC2 is told about itself, by the second form of the service (IMDSv2): each
/// question carries a token that was asked for before.
///
/// Source: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
struct SnowflakeAWSInstance: Sendable {
  /// Gives an environment variable that is set and not empty.
  let variable: @Sendable (String) -> String?
  /// Reaches the service: without a proxy.
  let web: SnowflakeWeb
  /// Where the service is, unless the environment says otherwise.
  let places: SnowflakeWorkloadIdentity.Places

  private static let tokenSeconds = 60
  private static let roleByteCountMax = 128
  private static let roleMarks = Array("+=,.@-_".utf8)

  /// The keys of the machine's role.
  func credentials(
    _ context: CallContext
  ) throws(TernError) -> SnowflakeAWSCredentials.Finding {
    if isDisabled { return .absent("AWS_EC2_METADATA_DISABLED is set") }
    let context = context.limited(to: .after(places.nanosecondsMax, .network))
    let token = try token(context)
    let folder = "meta-data/iam/security-credentials/"
    let list = try get(folder, token, context)
    guard list.status != 404 else { return .absent("the instance has no role") }
    let role = String(decoding: list.body, as: UTF8.self).filter { !$0.isWhitespace }
    guard list.status == 200, Self.isRole(role) else {
      throw SnowflakeAWSCredentials.refusal("the instance does not name its role", list.status)
    }
    return .found(
      try SnowflakeAWSCredentials(try get(folder + Percent.encode(role), token, context)))
  }

  /// The region that the machine is in; nil where the service is not to be asked.
  func region(_ context: CallContext) throws(TernError) -> String? {
    if isDisabled { return nil }
    let context = context.limited(to: .after(places.nanosecondsMax, .network))
    let answer = try get("meta-data/placement/region", try token(context), context)
    guard answer.status == 200 else {
      throw SnowflakeAWSCredentials.refusal(
        "the instance does not name its region", answer.status)
    }
    return String(decoding: answer.body, as: UTF8.self).filter { !$0.isWhitespace }
  }

  private var isDisabled: Bool { variable("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" }

  private var base: String {
    let isIPv6 = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
    let own = isIPv6 ? places.instanceIPv6 : places.instance
    let base = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? own
    return (base.hasSuffix("/") ? base : base + "/") + "latest/"
  }

  private func token(_ context: CallContext) throws(TernError) -> Secret {
    let seconds = ("X-aws-ec2-metadata-token-ttl-seconds", "\(Self.tokenSeconds)")
    let answer = try web.send(
      "PUT", base + "api/token", headers: [seconds], "the instance", context)
    let token = String(decoding: answer.body, as: UTF8.self)
    guard answer.status == 200, !token.isEmpty,
      token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw SnowflakeAWSCredentials.refusal("the instance gave no token", answer.status)
    }
    return Secret(token)
  }

  private func get(
    _ path: String, _ token: Secret, _ context: CallContext
  ) throws(TernError) -> SnowflakeWeb.Answer {
    try web.send(
      "GET", base + path, headers: [("X-aws-ec2-metadata-token", token.text)], "the instance",
      context)
  }

  /// Whether this may be the name of a role: it becomes part of an address.
  private static func isRole(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= roleByteCountMax
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: roleMarks.contains(byte)
        }
      }
  }
}
