internal import TernCore
internal import TernNet

/// One nonce of DIGEST authentication and how often it was used (RFC 2617, `qop=auth`).
///
/// Source: Avatica reference, section 4.2: a count that is used twice looks like a wrong password.
struct AvaticaDigest: Sendable {
  private let realm: String
  private let nonce: String
  private let opaque: String?
  /// Whether the server only wants a newer nonce.
  let isStale: Bool
  private var count = 0

  /// The challenge of a 401 answer; nil if it is not DIGEST.
  init?(challenge: String) {
    guard challenge.lowercased().hasPrefix("digest ") else { return nil }
    let values = Self.parameters(challenge.dropFirst(7))
    guard let realm = values["realm"], let nonce = values["nonce"] else { return nil }
    self.realm = realm
    self.nonce = nonce
    opaque = values["opaque"]
    isStale = values["stale"]?.lowercased() == "true"
  }

  /// Counts a use that a copy of this nonce makes.
  mutating func use() { count += 1 }

  /// Whether a refusal of this nonce's first use, answered by another challenge, says that the
  /// password is wrong. A nonce that was used before may only have worn out.
  func isRefused(by next: AvaticaDigest) -> Bool { count == 1 && !next.isStale }

  /// The value of `Authorization` for the next request.
  mutating func authorization(
    _ user: String, _ password: Secret, target: String
  ) throws(TernError) -> String {
    count += 1
    let digits = String(count, radix: 16)
    let uses = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    let own = Hex.encode(RandomBytes.make(8))
    let first = try Self.md5("\(user):\(realm):\(password.text)")
    let second = try Self.md5("POST:\(target)")
    let response = try Self.md5("\(first):\(nonce):\(uses):\(own):auth:\(second)")
    var text =
      "Digest username=\"\(Self.quoted(user))\", realm=\"\(Self.quoted(realm))\", "
      + "nonce=\"\(nonce)\", uri=\"\(target)\", response=\"\(response)\", algorithm=MD5, "
      + "qop=auth, nc=\(uses), cnonce=\"\(own)\""
    if let opaque { text += ", opaque=\"\(opaque)\"" }
    return text
  }

  private static func md5(_ text: String) throws(TernError) -> String {
    let digest = Digest.md5.of(Array(text.utf8))
    guard !digest.isEmpty else {
      throw .unsupported("authentication=digest needs MD5, which this machine's policy forbids")
    }
    return Hex.encode(digest)
  }

  private static func quoted(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if character == "\"" || character == "\\" { result.append("\\") }
      result.append(character)
    }
  }

  /// `name=value` and `name="value"`, separated by commas.
  private static func parameters(_ text: Substring) -> [String: String] {
    var values: [String: String] = [:]
    var (name, value) = ("", "")
    var isQuoted = false
    var isValue = false
    var isEscaped = false
    for character in String(text) + "," {
      if isEscaped {
        value.append(character)
        isEscaped = false
        continue
      }
      switch character {
      case "\\" where isQuoted: isEscaped = true
      case "\"": isQuoted.toggle()
      case "=" where !isValue: isValue = true
      case "," where !isQuoted:
        values[name.lowercased()] = value
        (name, value, isValue) = ("", "", false)
      case " " where !isQuoted: continue
      default: if isValue { value.append(character) } else { name.append(character) }
      }
    }
    return values
  }
}
