internal import TernCore
internal import TernDriver
internal import TernNet

/// One request about one object, without its bytes and without its address.
///
/// What it is for stands in it; that it is allowed is added by the cloud that sends it.
struct SnowflakeFileAction {
  let method: String
  /// Names and values, not encoded.
  var query: [(name: String, value: String)] = []
  /// Names in lower case.
  var headers: [(name: String, value: String)] = []
  /// A small document; the object's own bytes are added by whoever sends it.
  var document = ""

  init(
    _ method: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], document: String = ""
  ) {
    self.method = method
    self.query = query
    self.headers = headers
    self.document = document
  }

  /// Names and values as they are sent.
  var encodedQuery: [(name: String, value: String)] {
    query.map { (Percent.encode($0.name), Percent.encode($0.value)) }
  }
}

/// What is kept with an object.
struct SnowflakeFileFacts: Sendable {
  /// SHA-256 of the file as it is stored, before encryption, in Base64.
  var digest: String?
  var seal: SnowflakeFileSeal?
}

/// How one kind of store is spoken to. None ever gets a token of the session.
protocol SnowflakeFileCloud: Sendable {
  /// Whether large files may go in parts.
  var canSplit: Bool { get }
  /// Whether it can be asked for an object without fetching it.
  var canLook: Bool { get }

  /// A request, addressed and with proof that it is allowed.
  ///
  /// - Parameter name: the object's, behind the stage's own prefix.
  /// - Parameter now: seconds since 1970.
  func request(
    _ action: SnowflakeFileAction, _ name: String, now: Int64
  ) throws(TernError) -> (origin: HTTPOrigin, request: HTTPRequest)

  /// The request that stores a whole object.
  func store(_ facts: SnowflakeFileFacts) -> SnowflakeFileAction
  /// What an answer's fields say of the object.
  func facts(_ headers: HTTPHeaders) throws(TernError) -> SnowflakeFileFacts

  /// The request that begins parts; nil where they need no beginning.
  func begin(_ facts: SnowflakeFileFacts) -> SnowflakeFileAction?
  /// The request that stores a part; parts count from 1.
  func part(_ number: Int, of upload: String) -> SnowflakeFileAction
  /// How a part is named at the end.
  func tag(_ number: Int, of upload: String, _ headers: HTTPHeaders) throws(TernError) -> String
  /// The request that makes an object of the parts.
  func end(_ upload: String, _ tags: [String], _ facts: SnowflakeFileFacts) -> SnowflakeFileAction
  /// The request that forgets the parts; nil where they go away by themselves.
  func drop(_ upload: String) -> SnowflakeFileAction?
}

extension SnowflakeFileStage {
  /// The store that this stage is in.
  ///
  /// - Throws: `.unsupported` for kinds and ciphers that are not known; `.sql` for credentials
  ///   that are not enough.
  func cloud(presigned: Secret? = nil) throws(TernError) -> any SnowflakeFileCloud {
    if let ciphers, isEncryptedHere,
      !ciphers.utf8.split(separator: UInt8(ascii: ",")).contains(where: {
        String(decoding: $0, as: UTF8.self).lowercased() == "aes_cbc"
      })
    {
      throw .unsupported("this stage is encrypted with \(ciphers); only AES_CBC is known")
    }
    switch kind {
    case "S3": return try SnowflakeFileS3(self)
    case "AZURE": return try SnowflakeFileAzure(self)
    case "GCS": return try SnowflakeFileGoogle(self, presigned: presigned)
    default: throw .unsupported("stages of the kind '\(kind)' are not known")
    }
  }

  /// The origin that `text` names: a host, with a port or a scheme or without.
  ///
  /// A store has TLS, unless it is on this machine or a scheme says otherwise.
  /// - Throws: `.sql` for what is no host: it would become a part of a URL.
  static func origin(_ text: String) throws(TernError) -> HTTPOrigin {
    let isWhole = text.utf8.contains(UInt8(ascii: "/"))
    let isHere = ["127.", "localhost", "[::1]"].contains { text.hasPrefix($0) }
    let address = isWhole ? text : (isHere ? "http" : "https") + "://" + text
    guard let (origin, target) = HTTPOrigin.split(url: address), target == "/",
      origin.endpoint.host.utf8.allSatisfy(isHostByte)
    else { throw TernError(.sql, .general, "the server named a store that has no host") }
    return origin
  }

  /// Whether a host is an address, in front of which no other name can stand.
  static func isAddress(_ host: String) -> Bool {
    host == "localhost" || host.utf8.contains(UInt8(ascii: ":"))
      || host.utf8.last.map { (0x30...0x39).contains($0) } ?? true
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"): true
    default: false
    }
  }

  /// What a stage must have to be used.
  func need(_ name: String) throws(TernError) -> Secret {
    guard let secret = credential(name) else {
      throw TernError(.sql, .general, "the server gave no \(name) for the stage")
    }
    return secret
  }
}
