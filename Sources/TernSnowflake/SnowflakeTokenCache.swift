internal import TernColumns
internal import TernCore
internal import TernNet

/// Tokens that stand for a person's login the next time, in a file of the user's.
///
/// The form is that of the vendor's newer drivers, who may share it. Whatever is doubtful about the
/// file, it is as good as empty: no login fails because of it. Source: Snowflake reference,
/// section 2.4, version 2.
struct SnowflakeTokenCache: Sendable {
  /// What a token is good for.
  enum Kind: String, Sendable {
    case idToken = "IdToken"
    case mfaToken = "MfaToken"
    case oauthAccessToken = "OauthAccessToken"
    case oauthRefreshToken = "OauthRefreshToken"
  }

  /// Whose token it is: of which service, and for OAuth of which provider and role too.
  struct Owner: Hashable, Sendable {
    let service: String
    let user: String
    var provider: String?
    var role: String?
  }

  /// The folder of the file.
  let folder: String

  private static let fileName = "credential_cache_v2.json"
  private static let prefix = "SnowflakeTokenCache.v2."
  /// How long somebody else may hold the lock before a token is not kept, in nanoseconds.
  var lockNanoseconds: Int64 = 1_000_000_000

  /// The folder that the environment names, or the user's own; nil where there is neither.
  ///
  /// - Parameter option: wins over both.
  /// - Parameter variable: gives an environment variable.
  init?(option: String?, variable: (String) -> String?) {
    func set(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
    if let option, !option.isEmpty {
      folder = option
    } else if let given = set("SF_TEMPORARY_CREDENTIAL_CACHE_DIR") {
      folder = given
    } else if let cache = set("XDG_CACHE_HOME") {
      folder = cache + "/snowflake"
    } else if let home = set("HOME") {
      folder = home + "/.cache/snowflake"
    } else {
      return nil
    }
  }

  /// The token of an owner, if there is one.
  func token(_ kind: Kind, of owner: Owner) -> Secret? {
    do throws(TernError) {
      return try read()[Self.key(kind, owner)]
    } catch {
      Log.write(.warning, "snowflake: the token cache is not used: \(error.message)")
      return nil
    }
  }

  /// Keeps a token in the place of the one before; nil takes that away.
  func set(_ token: Secret?, _ kind: Kind, of owner: Owner) {
    do throws(TernError) {
      try SmallFile.makePrivateFolder(folder)
      guard let lock = FileLock(path + ".lck", waitingFor: lockNanoseconds) else {
        throw .usage("another program holds its lock")
      }
      // A file that cannot be read is not overwritten either: it may be somebody else's trap.
      var tokens = try read()
      let key = Self.key(kind, owner)
      guard tokens[key] != token else { return }
      tokens[key] = token
      try SmallFile.writePrivate(path, Self.document(tokens))
      _ = consume lock
    } catch {
      Log.write(.warning, "snowflake: a token was not kept: \(error.message)")
    }
  }

  private var path: String { folder + "/" + Self.fileName }

  private func read() throws(TernError) -> [String: Secret] {
    guard let bytes = try SmallFile.readPrivate(path) else { return [:] }
    var tokens: [String: Secret] = [:]
    do throws(TernError) {
      let reader = try JSONReader(bytes)
      try reader.forEachKey { (name) throws(TernError) in
        guard name == "tokens", try reader.isObjectNext() else { return try reader.skip() }
        try reader.forEachKey { (key) throws(TernError) in
          if let text = try reader.textOrAbsent() { tokens[key] = Secret(text) }
        }
      }
      try reader.finish()
    } catch {
      throw .usage("\(path) is damaged")
    }
    return tokens
  }

  private static func document(_ tokens: [String: Secret]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("tokens")
    writer.beginObject()
    for (key, token) in tokens.sorted(by: { $0.key < $1.key }) { writer.member(key, token.text) }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  /// The name of an owner's token in the file.
  static func key(_ kind: Kind, _ owner: Owner) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    // In the order of their names.
    if let provider = owner.provider { writer.member("idp", address(provider)) }
    if let role = owner.role { writer.member("role", identifier(role)) }
    writer.member("snowflake", address(owner.service))
    writer.member("username", identifier(owner.user))
    writer.endObject()
    return prefix + kind.rawValue + "." + Hex.encode(Digest.sha256.of(writer.bytes))
  }

  /// A URL in lower case without scheme, login and query.
  private static func address(_ url: String) -> String {
    var rest = url.lowercased()[...]
    for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count)
    }
    rest = rest.prefix { $0 != "?" && $0 != "#" }
    let authority = rest.prefix { $0 != "/" }
    if let at = authority.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    return String(rest)
  }

  /// An identifier in lower case, unless it is a quoted one.
  private static func identifier(_ name: String) -> String {
    name.contains("\"") ? name : name.lowercased()
  }
}
