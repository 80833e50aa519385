internal import TernColumns
internal import TernCore
internal import TernNet

/// The one thing of a JSON Web Token that a client needs: how long it lives.
enum MaxScaleClaims {
  /// `exp - iat` of a payload in base64url, in seconds; nil for anything else.
  static func decode(_ payload: String) -> Int64? {
    guard let bytes = Base64.decode(payload) else { return nil }
    do throws(TernError) {
      let reader = try JSONReader(bytes, limit: .control)
      var start: Int64?
      var end: Int64?
      try reader.forEachKey { (name) throws(TernError) in
        switch name {
        case "iat": start = try reader.int64OrNull()
        case "exp": end = try reader.int64OrNull()
        default: try reader.skip()
        }
      }
      guard let start, let end else { return nil }
      let (lifetime, overflow) = end.subtractingReportingOverflow(start)
      return overflow ? nil : lifetime
    } catch {
      return nil
    }
  }
}
