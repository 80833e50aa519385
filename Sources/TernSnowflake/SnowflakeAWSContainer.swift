internal import TernCore
internal import TernNet

/// The keys that ECS and EKS give to the containers they run.
///
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
struct SnowflakeAWSContainer: Sendable {
  /// Gives an environment variable that is set and not empty.
  let variable: @Sendable (String) -> String?
  /// Reaches the container's own addresses: without a proxy.
  let web: SnowflakeWeb
  /// Where relative addresses lead.
  let places: SnowflakeWorkloadIdentity.Places

  /// Where ECS and EKS answer; keys come from nowhere else in the clear.
  private static let hosts = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]

  func credentials(
    _ context: CallContext
  ) throws(TernError) -> SnowflakeAWSCredentials.Finding {
    guard let url = try url() else {
      return .absent(
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI are not"
          + " set")
    }
    var headers = [("Accept", "application/json")]
    let authorization = try authorization()
    if let authorization { headers.append(("Authorization", authorization.text)) }
    let answer = try web.send(
      "GET", url, headers: headers, "the container's address",
      context.limited(to: .after(places.nanosecondsMax, .network)))
    return .found(try SnowflakeAWSCredentials(answer))
  }

  private func url() throws(TernError) -> String? {
    if let path = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      guard path.hasPrefix("/") else {
        throw SnowflakeAWSCredentials.refusal(
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with '/'")
      }
      return places.container + path
    }
    guard let url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
    guard Self.isTrusted(url) else {
      throw SnowflakeAWSCredentials.refusal(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or an address of this machine, of ECS"
          + " or of EKS")
    }
    return url
  }

  /// Whether keys may be asked for there.
  static func isTrusted(_ url: String) -> Bool {
    guard let (origin, _) = HTTPOrigin.split(url: url) else { return false }
    return origin.isEncrypted || hosts.contains(origin.endpoint.host.lowercased())
      || origin.endpoint.isLoopback
  }

  /// What proves which container asks; the file is read anew each time, because it is renewed.
  private func authorization() throws(TernError) -> Secret? {
    let token: Secret
    if let path = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      token = try SnowflakeAWSCredentials.token(inFile: path)
    } else if let text = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
      token = Secret(text)
    } else {
      return nil
    }
    guard token.text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      throw SnowflakeAWSCredentials.refusal(
        "the container's authorization token has characters that none has")
    }
    return token
  }
}
