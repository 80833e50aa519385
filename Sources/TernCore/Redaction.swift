/// Takes secrets out of text that people will read.
public enum Redaction {
  /// What stands where a secret was.
  public static let mark = "***"

  /// `text` with each of `secrets` replaced by `***`, longest first.
  public static func hide(_ secrets: [String], in text: String) -> String {
    var bytes = Array(text.utf8)
    var changed = false
    for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) where !secret.isEmpty {
      changed = replace(Array(secret.utf8), in: &bytes) || changed
    }
    return changed ? String(decoding: bytes, as: UTF8.self) : text
  }

  /// `json` with the string, number or array after each secret-bearing member name replaced by
  /// `"***"`. Works on cut-off text too: what it cannot read to the end it leaves out.
  public static func json(_ json: String) -> String {
    let bytes = Array(json.utf8)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == quote else {
        output.append(bytes[index])
        index += 1
        continue
      }
      let end = endOfString(bytes, from: index)
      output += bytes[index..<end]
      let name = String(decoding: bytes[index..<end].dropFirst().dropLast(), as: UTF8.self)
      index = end
      guard secretMembers.contains(name.lowercased()) else { continue }
      let valueStart = skipSpaceAndColon(bytes, from: end)
      guard valueStart > end, valueStart < bytes.count else { continue }
      output += bytes[end..<valueStart]
      output += "\"\(mark)\"".utf8
      index = endOfValue(bytes, from: valueStart)
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Member names whose values are secrets or bound values in any of the protocols, in lower case.
  private static let secretMembers: Set<String> = [
    "password", "accesstoken", "refreshtoken", "token", "mastertoken", "sessiontoken", "passcode",
    "data", "bindings", "parameter_values", "parametervalues", "id_token", "mfa_token",
    "client_secret", "privatekey", "authorization", "authenticator_token", "idtoken", "mfatoken",
    "ext_authn_duo_method", "proof_key", "proofkey", "code_verifier", "queryresultkey", "qrmk",
    "aws_secret_key", "aws_token", "aws_key_id", "azure_sas_token", "gcs_access_token",
    "querystagemasterkey", "presignedurl", "presignedurls", "samlresponse", "saml_response",
    "raw_saml_response",
  ]

  private static let quote = UInt8(ascii: "\"")

  private static func replace(_ secret: [UInt8], in bytes: inout [UInt8]) -> Bool {
    guard let first = secret.first, bytes.count >= secret.count else { return false }
    var output: [UInt8] = []
    var index = 0
    var changed = false
    while index < bytes.count {
      if bytes[index] == first, index + secret.count <= bytes.count,
        bytes[index..<index + secret.count].elementsEqual(secret)
      {
        output += mark.utf8
        index += secret.count
        changed = true
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    bytes = output
    return changed
  }

  /// The index after the string that starts at `start`, or the end of the text.
  private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\\") {
        index += 2
      } else if bytes[index] == quote {
        return index + 1
      } else {
        index += 1
      }
    }
    return bytes.count
  }

  private static func skipSpaceAndColon(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start
    var sawColon = false
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == UInt8(ascii: ":") || byte == 0x20 || byte == 0x09 || byte == 0x0A
      else { break }
      sawColon = sawColon || byte == UInt8(ascii: ":")
      index += 1
    }
    return sawColon ? index : start
  }

  private static func endOfValue(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start
    var depth = 0
    while index < bytes.count {
      switch bytes[index] {
      case quote:
        index = endOfString(bytes, from: index) - 1
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth == 0 { return index }
        depth -= 1
      case UInt8(ascii: ","):
        if depth == 0 { return index }
      default:
        break
      }
      index += 1
    }
    return bytes.count
  }
}
