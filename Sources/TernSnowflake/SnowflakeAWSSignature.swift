internal import TernColumns
internal import TernCore
internal import TernNet

/// Signs requests to AWS (Signature Version 4).
struct SnowflakeAWSSignature: Sendable {
  let keyID: String
  let key: Secret
  let sessionToken: Secret?
  let region: String
  /// `s3`, `sts`.
  let service: String

  /// What stands for the digest of a body that is not signed.
  static let unsigned = "UNSIGNED-PAYLOAD"

  /// The header fields of a request, its signature among them.
  ///
  /// - Parameter path: percent-encoded, as it is sent.
  /// - Parameter query: names and values as they are sent, percent-encoded.
  /// - Parameter more: fields that are signed too, names in lower case.
  /// - Parameter payload: SHA-256 of the body in hexadecimal digits.
  /// - Parameter now: seconds since 1970.
  func headers(
    _ method: String, _ host: String, _ path: String,
    _ query: [(name: String, value: String)], _ more: [(name: String, value: String)],
    payload: String, _ now: Int64
  ) -> [(name: String, value: String)] {
    let moment = Self.moment(now)
    let day = String(moment.prefix(8))
    var headers = [(name: "host", value: host), ("x-amz-date", moment)] + more
    if let sessionToken { headers.append(("x-amz-security-token", sessionToken.text)) }
    headers.sort { $0.name < $1.name }
    let names = headers.map(\.name).joined(separator: ";")
    let lines = headers.map { "\($0.name):\($0.value)\n" }.joined()
    let items = query.map { "\($0.name)=\($0.value)" }.sorted().joined(separator: "&")
    let request = [method, path, items, lines, names, payload].joined(separator: "\n")
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let text = ["AWS4-HMAC-SHA256", moment, scope, Self.digest(request)].joined(separator: "\n")
    var code = Array("AWS4\(key.text)".utf8)
    for part in [day, region, service, "aws4_request", text] {
      code = Digest.sha256.hmac(Array(part.utf8), key: code)
    }
    let authorization =
      "AWS4-HMAC-SHA256 Credential=\(keyID)/\(scope), SignedHeaders=\(names),"
      + " Signature=\(Hex.encode(code))"
    return headers + [("authorization", authorization)]
  }

  /// SHA-256 in hexadecimal digits.
  static func digest(_ text: String) -> String {
    Hex.encode(Digest.sha256.of(Array(text.utf8)))
  }

  /// `20260131T235959Z`.
  static func moment(_ now: Int64) -> String {
    let date = CivilDate(days: Int(now / 86_400))
    let second = now % 86_400
    let digits = { (number: Int64, count: Int) -> String in
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return digits(Int64(date.year), 4) + digits(Int64(date.month), 2) + digits(Int64(date.day), 2)
      + "T" + digits(second / 3_600, 2) + digits(second / 60 % 60, 2) + digits(second % 60, 2) + "Z"
  }
}
