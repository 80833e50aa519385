internal import TernCore
internal import TernNet

/// Keys that requests to AWS are signed with.
struct SnowflakeAWSCredentials: Sendable, Equatable {
  let keyID: String
  let key: Secret
  /// Belongs to keys that expire.
  let sessionToken: Secret?

  /// What a source of keys says.
  enum Finding {
    case found(SnowflakeAWSCredentials)
    /// The source is not set up here; the text says how that is known.
    case absent(String)
  }

  /// - Throws: `.authentication` (28000) for a text that cannot be what it should be: a stray line
  ///   end would make a signature that nobody understands.
  init(keyID: String, key: String, sessionToken: String?) throws(TernError) {
    for text in [keyID, key, sessionToken ?? "none"] {
      guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw Self.refusal("a key or token is empty or has a character that none of AWS has")
      }
    }
    self.keyID = keyID
    self.key = Secret(key)
    self.sessionToken = sessionToken.map { Secret($0) }
  }

  /// The keys in an answer of the container's or the instance's own address.
  init(_ answer: SnowflakeWeb.Answer) throws(TernError) {
    let texts = answer.texts([
      "AccessKeyId", "SecretAccessKey", "Token", "Code", "code", "Message", "message",
    ])
    guard answer.status == 200, let keyID = texts["AccessKeyId"],
      let key = texts["SecretAccessKey"]
    else {
      let words = ["Code", "code", "Message", "message"].compactMap { texts[$0] }
      throw Self.refusal("it gave no keys", answer.status, words)
    }
    try self.init(keyID: keyID, key: key, sessionToken: texts["Token"])
  }

  /// The token in a file, without the line end that editors leave behind it.
  static func token(inFile path: String) throws(TernError) -> Secret {
    var text = String(decoding: try SmallFile.read(path), as: UTF8.self)
    while text.last?.isWhitespace == true { text.removeLast() }
    guard !text.isEmpty else { throw refusal("\(path) is empty") }
    return Secret(text)
  }

  /// The error of a source, with the status and the words of who was asked.
  static func refusal(
    _ message: String, _ status: Int? = nil, _ words: [String] = []
  ) -> TernError {
    let shown = Log.redacted(words.joined(separator: ": "), characterCountMax: 300)
    return TernError(
      .authentication, .authenticationFailed,
      message + (status.map { ", HTTP \($0)" } ?? "") + (shown.isEmpty ? "" : ": \(shown)"))
  }
}
