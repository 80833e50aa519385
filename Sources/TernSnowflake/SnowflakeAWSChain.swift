internal import TernCore
internal import TernNet

/// Finds AWS's keys where its own programs look for them, in their order.
///
/// A source that is set up decides: when it fails, so does the search, because what comes behind it
/// would be somebody else. Source: AWS SDKs and Tools Reference Guide, "Standardized credential
/// providers".
struct SnowflakeAWSChain: Sendable {
  /// The places to look in, in their order, as errors call them.
  enum Source: String, CaseIterable {
    case environment = "environment"
    case webIdentity = "web identity"
    case file = "credentials file"
    case container = "container"
    case instance = "instance"
  }

  /// Gives an environment variable that is set and not empty.
  let variable: @Sendable (String) -> String?
  /// Reaches the token service.
  let web: SnowflakeWeb
  let container: SnowflakeAWSContainer
  let instance: SnowflakeAWSInstance

  /// - Parameter variable: gives an environment variable.
  /// - Parameter local: reaches the addresses that only machines of the cloud have.
  init(
    _ variable: @escaping @Sendable (String) -> String?, _ web: SnowflakeWeb,
    local: SnowflakeWeb, _ places: SnowflakeWorkloadIdentity.Places
  ) {
    let variable = { @Sendable (name: String) in
      variable(name).flatMap { $0.isEmpty ? nil : $0 }
    }
    self.variable = variable
    self.web = web
    container = SnowflakeAWSContainer(variable: variable, web: local, places: places)
    instance = SnowflakeAWSInstance(variable: variable, web: local, places: places)
  }

  /// The keys to sign with, at the end of a chain of roles if there is one.
  ///
  /// Blocks as long as the sources do, each of which has a limit.
  /// - Parameter roles: each is taken with the keys of the one before.
  /// - Parameter now: seconds since 1970.
  /// - Throws: `.authentication` (28000) with what each source said, `.cancelled`, `.timeout` when
  ///   the deadline of `context` has passed.
  func credentials(
    _ roles: [String], _ now: Int64, _ context: CallContext
  ) throws(TernError) -> (SnowflakeAWSCredentials, SnowflakeAWSTokenService) {
    var credentials = try first(context)
    let service = try service(context)
    for role in roles {
      do throws(TernError) {
        credentials = try service.assume(role, credentials, now, context)
      } catch {
        throw Self.told(error, "taking the role \(role)", context)
      }
    }
    return (credentials, service)
  }

  // MARK: - Sources

  private func first(_ context: CallContext) throws(TernError) -> SnowflakeAWSCredentials {
    var notes: [String] = []
    for source in Source.allCases {
      do throws(TernError) {
        switch try look(in: source, context) {
        case .found(let credentials):
          Log.write(.debug, "snowflake: AWS credentials are from: \(source.rawValue)")
          return credentials
        case .absent(let why): notes.append("\(source.rawValue): \(why)")
        }
      } catch {
        let before = notes.map { $0 + "; " }.joined()
        throw Self.told(
          error, "no AWS credentials for workload_identity: \(before)\(source.rawValue)", context)
      }
    }
    throw SnowflakeAWSCredentials.refusal(
      "no AWS credentials for workload_identity: " + notes.joined(separator: "; "))
  }

  private func look(
    in source: Source, _ context: CallContext
  ) throws(TernError) -> SnowflakeAWSCredentials.Finding {
    switch source {
    case .environment: return try environment()
    case .webIdentity: return try webIdentity(context)
    case .file: return try file()
    case .container: return try container.credentials(context)
    case .instance: return try instance.credentials(context)
    }
  }

  private func environment() throws(TernError) -> SnowflakeAWSCredentials.Finding {
    let (id, key) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
    guard let id, let key else {
      guard id == nil, key == nil else {
        throw SnowflakeAWSCredentials.refusal(
          "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together")
      }
      return .absent("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
    }
    return .found(
      try SnowflakeAWSCredentials(keyID: id, key: key, sessionToken: variable("AWS_SESSION_TOKEN")))
  }

  private func webIdentity(
    _ context: CallContext
  ) throws(TernError) -> SnowflakeAWSCredentials.Finding {
    guard let path = variable("AWS_WEB_IDENTITY_TOKEN_FILE") else {
      return .absent("AWS_WEB_IDENTITY_TOKEN_FILE is not set")
    }
    guard let role = variable("AWS_ROLE_ARN") else {
      throw SnowflakeAWSCredentials.refusal(
        "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN")
    }
    let token = try SnowflakeAWSCredentials.token(inFile: path)
    let session = variable("AWS_ROLE_SESSION_NAME") ?? SnowflakeAWSTokenService.sessionName
    return .found(
      try service(context).assume(role, session: session, webIdentity: token, context))
  }

  private func file() throws(TernError) -> SnowflakeAWSCredentials.Finding {
    let name = variable("AWS_PROFILE") ?? "default"
    var path = variable("AWS_SHARED_CREDENTIALS_FILE") ?? "~/.aws/credentials"
    if path.hasPrefix("~/") {
      guard let home = variable("HOME") else { return try missing("HOME is not set") }
      path = home + path.dropFirst()
    }
    let text: String
    do throws(TernError) {
      text = String(decoding: try SmallFile.read(path), as: UTF8.self)
    } catch {
      return try missing(error.message)
    }
    guard let keys = try profile(name, SnowflakeAWSProfile(name, in: text), path) else {
      return try missing("\(path) has no keys for the profile \(name)")
    }
    return .found(keys)
  }

  /// A file or profile that somebody asks for must have keys; the usual ones need not.
  private func missing(_ why: String) throws(TernError) -> SnowflakeAWSCredentials.Finding {
    guard variable("AWS_PROFILE") == nil, variable("AWS_SHARED_CREDENTIALS_FILE") == nil else {
      throw SnowflakeAWSCredentials.refusal(why)
    }
    return .absent(why)
  }

  /// The keys that stand in a profile; nil where it has none.
  private func profile(
    _ name: String, _ profile: SnowflakeAWSProfile?, _ path: String
  ) throws(TernError) -> SnowflakeAWSCredentials? {
    guard let profile else { return nil }
    let (id, key) = (profile["aws_access_key_id"], profile["aws_secret_access_key"])
    var foreign = ["role_arn", "sso_session", "sso_start_url"]
    if id == nil, key == nil { foreign.append("credential_process") }
    if let setting = foreign.first(where: { profile[$0] != nil }) {
      throw SnowflakeAWSCredentials.refusal(
        "the profile \(name) of \(path) has \(setting), which is not followed; only keys are")
    }
    guard let id, let key else {
      guard id == nil, key == nil else {
        throw SnowflakeAWSCredentials.refusal(
          "the profile \(name) of \(path) has only one of aws_access_key_id and"
            + " aws_secret_access_key")
      }
      return nil
    }
    return try SnowflakeAWSCredentials(
      keyID: id, key: key, sessionToken: profile["aws_session_token"])
  }

  // MARK: - Region

  private func service(_ context: CallContext) throws(TernError) -> SnowflakeAWSTokenService {
    SnowflakeAWSTokenService(
      web: web, region: try region(context),
      endpoint: variable("AWS_ENDPOINT_URL_STS") ?? variable("AWS_ENDPOINT_URL"))
  }

  private func region(_ context: CallContext) throws(TernError) -> String {
    let what = "no AWS region: AWS_REGION and AWS_DEFAULT_REGION are not set"
    var region = variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
    if region == nil {
      do throws(TernError) {
        region = try instance.region(context)
      } catch {
        throw Self.told(error, "\(what); instance", context)
      }
    }
    guard let region else {
      throw SnowflakeAWSCredentials.refusal(
        "\(what); instance: AWS_EC2_METADATA_DISABLED is set")
    }
    // It becomes part of a host's name.
    guard !region.isEmpty, region.utf8.allSatisfy(Self.isRegionByte) else {
      throw SnowflakeAWSCredentials.refusal(
        "AWS_REGION, AWS_DEFAULT_REGION or the instance has something that names no region")
    }
    return region
  }

  private static func isRegionByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
  }

  /// The failure of a source as this search's own; the end of the whole call stays what it is.
  private static func told(
    _ error: TernError, _ what: String, _ context: CallContext
  ) -> TernError {
    if context.cancelToken.isCancelled || context.deadline.isOver { return error }
    return SnowflakeAWSCredentials.refusal("\(what): \(error.message)")
  }
}
