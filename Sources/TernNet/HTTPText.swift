internal import TernCore

/// The characters that HTTP/1.1 allows where (RFC 9110, section 5).
enum HTTPText {
  /// Text without spaces and tabs at its ends.
  static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> String {
    let start = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    var end = start[...]
    while let last = end.last, last == 0x20 || last == 0x09 { end = end.dropLast() }
    return String(decoding: end, as: UTF8.self)
  }

  /// Whether this may be a method or a field name.
  static func isToken(_ text: some Collection<UInt8>) -> Bool {
    !text.isEmpty
      && text.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: tokenMarks.contains(byte)
        }
      }
  }

  /// Whether this may be a field value: anything that cannot end the line or the string.
  static func isValue(_ text: some Collection<UInt8>) -> Bool {
    text.allSatisfy { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
  }

  /// Whether this may stand in a request line.
  static func isTarget(_ text: some Collection<UInt8>) -> Bool {
    !text.isEmpty && text.allSatisfy { $0 > 0x20 && $0 != 0x7F }
  }

  /// The bytes of a request's head.
  ///
  /// - Throws: `.usage` when a part could break out of its line.
  static func request(
    _ method: String, _ target: String, _ headers: HTTPHeaders
  ) throws(TernError) -> [UInt8] {
    guard isToken(method.utf8), isTarget(target.utf8) else {
      throw .usage("the HTTP request line has a character that is not allowed")
    }
    var head = "\(method) \(target) HTTP/1.1\r\n"
    for field in headers.fields {
      guard isToken(field.name.utf8), isValue(field.value.utf8) else {
        throw .usage("the HTTP header \(field.name) has a character that is not allowed")
      }
      head += "\(field.name): \(field.value)\r\n"
    }
    return Array((head + "\r\n").utf8)
  }

  /// The value of an `Authorization` header for Basic authentication (RFC 7617).
  static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
  }

  private static let tokenMarks = Array("!#$%&'*+-.^_`|~".utf8)
}
