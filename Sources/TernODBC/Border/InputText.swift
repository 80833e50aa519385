import Tern

/// A text argument as a C caller passed it: where, how long, in which encoding.
struct InputText {
  /// What the length counts and how the text is encoded.
  enum Encoding {
    /// UTF-8; lengths in bytes.
    case utf8
    /// UTF-16 in native order; lengths in 16-bit units.
    case utf16
  }

  private let start: Address
  private let length: Int
  private let encoding: Encoding

  /// `SQL_NTS`: the text ends with a zero.
  private static let nulTerminated = -3

  private init(_ start: Address, _ length: Int, _ encoding: Encoding) {
    self.start = start
    self.length = length
    self.encoding = encoding
  }

  /// A narrow argument.
  @unsafe init(_ start: UnsafeMutablePointer<UInt8>?, _ length: some BinaryInteger) {
    self.init(unsafe Address(start), Int(length), .utf8)
  }

  /// A wide argument.
  @unsafe init(_ start: UnsafeMutablePointer<UInt16>?, _ length: some BinaryInteger) {
    self.init(unsafe Address(start), Int(length), .utf16)
  }

  /// An attribute's value, whose length counts bytes in both families.
  init(_ start: Address, byteCount: Int, _ encoding: Encoding) throws(TernError) {
    var length = byteCount
    if encoding == .utf16, byteCount > 0 {
      guard byteCount % 2 == 0 else {
        throw .usage("\(byteCount) bytes are no whole number of characters", .invalidLength)
      }
      length /= 2
    }
    self.init(start, length, encoding)
  }

  /// No argument.
  static let absent = InputText(.null, 0, .utf8)

  /// Whether the caller passed null.
  var isNull: Bool { start.isNull }

  /// The text, copied; nil for null whatever the length says.
  ///
  /// Unpaired surrogates become U+FFFD.
  /// - Throws: HY090 for another negative length, HY000 for narrow text that is not UTF-8.
  func read() throws(TernError) -> String? {
    guard !isNull else { return nil }
    guard length >= 0 || length == InputText.nulTerminated else {
      throw .usage("a text has the length \(length)", .invalidLength)
    }
    return switch encoding {
    case .utf8: try readUTF8()
    case .utf16: readUTF16()
    }
  }

  /// The text; a null is an error.
  func required(_ what: String) throws(TernError) -> String {
    guard let text = try read() else {
      throw .usage("the argument \(what) is null", .nullArgument)
    }
    return text
  }

  private func readUTF8() throws(TernError) -> String? {
    guard let raw = unsafe start.pointer else { return nil }
    // Sound: the caller promised a zero, or this many bytes; they are copied here.
    let bytes = unsafe raw.assumingMemoryBound(to: UInt8.self)
    var count = max(0, length)
    if length < 0 { while unsafe bytes[count] != 0 { count += 1 } }
    let buffer = unsafe UnsafeBufferPointer(start: bytes, count: count)
    guard let text = unsafe String(validating: buffer, as: UTF8.self) else {
      throw .usage("a text is not valid UTF-8; the narrow functions take UTF-8")
    }
    return text
  }

  private func readUTF16() -> String? {
    guard let raw = unsafe start.pointer else { return nil }
    // Sound: as above; `loadUnaligned` because callers may pass odd addresses.
    let unit = { (index: Int) -> UInt16 in
      unsafe raw.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
    }
    var count = max(0, length)
    if length < 0 { while unit(count) != 0 { count += 1 } }
    let units = (0..<count).map(unit)
    return String(decoding: units, as: UTF16.self)
  }
}
