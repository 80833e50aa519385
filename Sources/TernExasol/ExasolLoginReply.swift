internal import TernColumns
internal import TernCore

/// What the last login reply says about server and session; old servers leave fields out.
///
/// Source: Exasol reference, section 2.3 "login", step 4.
struct ExasolLoginReply: Equatable {
  var sessionID: String
  var protocolVersion: Int
  var releaseVersion: String
  var databaseName: String
  var productName: String
  var messageByteCountMax: Int64
  var identifierLengthMax: Int64
  var timeZone: String

  init(_ fields: ExasolFields, requestedVersion: Int) throws(TernError) {
    sessionID = fields.text("sessionId") ?? ""
    let version = try fields.number("protocolVersion") ?? Int64(requestedVersion)
    guard (1...99).contains(version) else { throw .badReply("protocolVersion \(version)") }
    protocolVersion = Int(version)
    releaseVersion = fields.text("releaseVersion") ?? ""
    databaseName = fields.text("databaseName") ?? ""
    productName = fields.text("productName") ?? "EXASolution"
    let byteCountMax = try fields.number("maxDataMessageSize") ?? 0
    messageByteCountMax = byteCountMax > 0 ? byteCountMax : 67_108_864
    let lengthMax = try fields.number("maxIdentifierLength") ?? 0
    identifierLengthMax = lengthMax > 0 ? lengthMax : 128
    timeZone = fields.text("timeZone") ?? ""
  }
}
