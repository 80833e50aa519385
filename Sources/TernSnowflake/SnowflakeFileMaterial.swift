internal import TernColumns
internal import TernCore
internal import TernNet

/// The key that keys of files are wrapped with.
///
/// Source: Snowflake reference, section 7.1, "Encryption".
struct SnowflakeFileMaterial: Sendable {
  /// 16 or 32 bytes in Base64.
  private let masterKey: Secret
  private let queryID: String
  /// Digits beyond 2^53: never a number here.
  private let masterKeyID: String

  /// Reads one object; nil for null and one without a key.
  init?(reading reader: JSONReader) throws(TernError) {
    var (key, query, id): (String?, String?, String?)
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in
      switch member {
      case "queryStageMasterKey": key = try reader.textOrAbsent()
      case "queryId": query = try reader.textOrAbsent()
      case "smkId": id = try reader.textOrAbsent()
      default: try reader.skip()
      }
    }
    guard let key, !key.isEmpty else { return nil }
    masterKey = Secret(key)
    queryID = query ?? ""
    masterKeyID = id ?? ""
  }

  private func wrappingKey() throws(TernError) -> [UInt8] {
    guard let key = Base64.decode(masterKey.text), [16, 24, 32].contains(key.count) else {
      throw .data("the server's key for the stage is no AES key", .general)
    }
    return key
  }

  /// A new key for one file.
  func seal() throws(TernError) -> SnowflakeFileSeal {
    let wrapping = try wrappingKey()
    let key = RandomBytes.make(wrapping.count)
    let wrapper = try AESCipher(encrypts: true, .ecb, key: wrapping)
    let wrapped = try wrapper.update(key) + wrapper.finish()
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("smkId", masterKeyID)
    writer.member("queryId", queryID)
    writer.member("keySize", "\(wrapping.count * 8)")
    writer.endObject()
    return SnowflakeFileSeal(
      wrappedKey: Base64.encode(wrapped), vector: RandomBytes.make(16),
      description: String(decoding: writer.finish(), as: UTF8.self), key: key)
  }

  /// The plain bytes of a file that is stored with `seal`.
  func open(
    _ source: any ByteSource, _ seal: SnowflakeFileSeal
  ) throws(TernError) -> CipherSource {
    guard let wrapped = Base64.decode(seal.wrappedKey) else {
      throw .data("the file's key is not in Base64", .general)
    }
    let unwrapper = try AESCipher(encrypts: false, .ecb, key: try wrappingKey())
    let key = try unwrapper.update(wrapped) + unwrapper.finish()
    return CipherSource(source, try AESCipher(encrypts: false, .cbc(seal.vector), key: key))
  }
}

/// How one file is encrypted: its own key, wrapped, and where the chain of blocks starts.
struct SnowflakeFileSeal: Sendable {
  let wrappedKey: String
  let vector: [UInt8]
  /// Which key it is wrapped with, as JSON.
  let description: String
  /// Empty for a file that was found in the store.
  fileprivate let key: [UInt8]

  fileprivate init(wrappedKey: String, vector: [UInt8], description: String, key: [UInt8]) {
    self.wrappedKey = wrappedKey
    self.vector = vector
    self.description = description
    self.key = key
  }

  /// What the store says of a file; nil unless both texts are there.
  init?(wrappedKey: String?, vector: String?) {
    guard let wrappedKey, let vector, let bytes = Base64.decode(vector) else { return nil }
    self.init(wrappedKey: wrappedKey, vector: bytes, description: "", key: [])
  }

  /// The encrypted bytes of `source`.
  func close(_ source: any ByteSource) throws(TernError) -> CipherSource {
    CipherSource(source, try AESCipher(encrypts: true, .cbc(vector), key: key))
  }

  /// How many bytes so many become.
  static func byteCount(_ plain: Int) -> Int { (plain / 16 + 1) * 16 }

  /// The document that Azure and Google keep with a file.
  var encryptionData: String {
    let cipher = "AES_CBC_\(key.count * 8)"
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("EncryptionMode", "FullBlob")
    writer.key("WrappedContentKey")
    writer.beginObject()
    writer.member("KeyId", "symmKey1")
    writer.member("EncryptedKey", wrappedKey)
    writer.member("Algorithm", cipher)
    writer.endObject()
    writer.key("EncryptionAgent")
    writer.beginObject()
    writer.member("Protocol", "1.0")
    writer.member("EncryptionAlgorithm", cipher)
    writer.endObject()
    writer.member("ContentEncryptionIV", Base64.encode(vector))
    writer.key("KeyWrappingMetadata")
    writer.beginObject()
    writer.member("EncryptionLibrary", "Tern")
    writer.endObject()
    writer.endObject()
    return String(decoding: writer.finish(), as: UTF8.self)
  }

  /// Reads such a document; nil where the key or the vector is missing.
  init?(encryptionData text: String) throws(TernError) {
    var (key, vector): (String?, String?)
    let reader = try JSONReader(Array(text.utf8))
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in
      switch member {
      case "ContentEncryptionIV": vector = try reader.textOrAbsent()
      case "WrappedContentKey":
        try reader.forEachKeyOrAbsent { (member) throws(TernError) in
          guard member == "EncryptedKey" else { return try reader.skip() }
          key = try reader.textOrAbsent()
        }
      default: try reader.skip()
      }
    }
    self.init(wrappedKey: key, vector: vector)
  }
}
