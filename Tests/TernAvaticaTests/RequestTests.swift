import Foundation
import TernColumns
import TernCore
import Testing

@testable import TernAvatica

struct RequestTests {
  private func object(_ bytes: [UInt8]) throws -> NSDictionary {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
  }

  private func json<Message: AvaticaMessage>(_ message: Message) throws -> NSDictionary {
    try object(try AvaticaEncoding.json.bytes(of: message, "c"))
  }

  @Test func requestsNameTheAttributesThatServersKnow() throws {
    let run = AvaticaMessages.PrepareAndExecute(
      statement: 4, sql: "select 1", rowCountMax: 0, isOld: false, firstFrame: -1)
    let old = AvaticaMessages.PrepareAndExecute(
      statement: 4, sql: "select 1", rowCountMax: 7, isOld: true, firstFrame: -1)
    let range = AvaticaMessages.FetchRange(statement: 7, offset: 100, rowCount: 500)
    let sync = AvaticaMessages.ConnectionSync(
      change: .autocommit(false), known: AvaticaProperties())
    let execute = AvaticaMessages.Execute(
      statement: 5, isQuery: false, sql: "", values: [], firstFrame: -1)
    let table: [(NSDictionary, String)] = [
      (
        try json(run),
        #"{"request":"prepareAndExecute","connectionId":"c","statementId":4,"sql":"select 1","#
          + #""maxRowsTotal":-1,"maxRowsInFirstFrame":-1}"#
      ),
      (
        try json(old),
        #"{"request":"prepareAndExecute","connectionId":"c","statementId":4,"sql":"select 1","#
          + #""maxRowCount":7}"#
      ),
      (
        try json(AvaticaMessages.FetchTable(range: range)),
        #"{"request":"fetch","connectionId":"c","statementId":7,"offset":100,"#
          + #""fetchMaxRowCount":500}"#
      ),
      (
        try json(sync),
        #"{"request":"connectionSync","connectionId":"c","#
          + #""connProps":{"connProps":"connPropsImpl","autoCommit":false}}"#
      ),
      (
        try json(execute),
        #"{"request":"execute","statementHandle":{"connectionId":"c","id":5,"signature":null},"#
          + #""parameterValues":[],"maxRowCount":-1}"#
      ),
      (
        try json(AvaticaMessages.PrepareAndExecuteBatch(statement: 5, commands: ["a", "b"])),
        #"{"request":"prepareAndExecuteBatch","connectionId":"c","statementId":5,"#
          + #""sqlCommands":["a","b"]}"#
      ),
    ]
    for (message, expected) in table { #expect(message == (try object(Array(expected.utf8)))) }
  }

  @Test func everythingBeyondASCIIIsEscaped() throws {
    let text = "ä\u{0}😀\u{FFFF}\"\\\n"
    let bytes = try AvaticaEncoding.json.bytes(of: AvaticaMessages.Prepare(sql: text), "c")
    #expect(bytes.allSatisfy { $0 < 0x80 })
    #expect(try object(bytes)["sql"] as? String == text)
  }

  @Test func valuesAreSentWithTheTypeThatHoldsThem() throws {
    let table: [(DataType, Value, String)] = [
      (.bool, true, #"{"type":"BOOLEAN","value":true}"#),
      (.int8, -128, #"{"type":"BYTE","value":-128}"#),
      (.uint8, 255, #"{"type":"SHORT","value":255}"#),
      (.int32, 5, #"{"type":"INTEGER","value":5}"#),
      (.int64, .integer(.max), #"{"type":"LONG","value":9223372036854775807}"#),
      (.uint64, .unsigned(.max), #"{"type":"NUMBER","value":18446744073709551615}"#),
      (.float64, .double(.nan), #"{"type":"STRING","value":"NaN"}"#),
      (.float64, .double(-.infinity), #"{"type":"STRING","value":"-Infinity"}"#),
      (.float32, .double(Double(Float(0.1))), #"{"type":"DOUBLE","value":0.1}"#),
      (.binary, .bytes([0, 255]), #"{"type":"BYTE_STRING","value":"AP8="}"#),
      (.date32, .date(-1), #"{"type":"JAVA_SQL_DATE","value":-1}"#),
      (.utf8, "a", #"{"type":"STRING","value":"a"}"#),
      (.int32, .null, #"{"type":"OBJECT","value":null}"#),
      (
        .timestamp(.microsecond, zone: nil),
        .timestamp(WideTimestamp(seconds: 1, nanoseconds: 500_000_000)),
        #"{"type":"JAVA_SQL_TIMESTAMP","value":1500}"#
      ),
      (
        .timestamp(.microsecond, zone: nil),
        .timestamp(WideTimestamp(seconds: 1, nanoseconds: 500_001_000)),
        #"{"type":"STRING","value":"1970-01-01 00:00:01.500001000"}"#
      ),
    ]
    for (type, value, expected) in table {
      let builder = BatchBuilder(Schema([Field("p", type)]))
      try builder.append([value])
      var writer = JSONWriter()
      let row = try AvaticaParameters(types: [AvaticaType()]).row(try builder.finish(), 0)
      AvaticaValue.write(row, to: &writer)
      #expect(String(decoding: writer.finish(), as: UTF8.self) == "[\(expected)]")
    }
  }

  @Test func statesAreInferredFromTheText() {
    let table: [(String, String, Int32)] = [
      (
        "RuntimeException: java.sql.SQLSyntaxErrorException: user lacks privilege or object not "
          + "found: NOPE -> SQLSyntaxErrorException: user lacks privilege or object not found: NOPE",
        "42S02", -1
      ),
      ("ERROR 1012 (42M03): Table undefined. tableName=X", "42M03", 1012),
      ("JdbcSQLSyntaxErrorException: Table \"X\" not found; SQL statement: x [42102-214]",
        "42S02", 42102),
      ("SQLDataException: data exception: division by zero", "22012", -1),
      ("SQLIntegrityConstraintViolationException: unique", "23000", -1),
      ("something else", "HY000", -1),
    ]
    for (text, state, code) in table {
      let error = AvaticaErrors.error(.init(message: text))
      #expect(error.sqlState.text == state)
      #expect(error.vendorCode == code)
    }
  }

  /// A code of a class that means success is none, whoever wrote it: the words decide.
  @Test(arguments: [
    ("00001", "unexpected token: X", "42000"), ("01004", "something else", "HY000"),
    ("02000", "integrity constraint violation", "23000"), ("abcde", "something else", "HY000"),
    ("42501", "no", "42501"), ("00000", "ERROR 12 (00000): odd", "HY000"),
    ("00000", "odd [01234-214]", "HY000"), ("00002", "no", "28000"),
  ])
  func errorsNeverCarryACodeOfSuccess(sent: String, text: String, expected: String) {
    let error = AvaticaErrors.error(.init(message: text, sqlState: sent))
    #expect(error.sqlState.text == expected)
    #expect(error.sqlState.isFailure)
  }

  @Test func digestAnswersCountTheirNonce() throws {
    let challenge = #"Digest realm="Avatica", domain="/", nonce="n1", algorithm=MD5, qop="auth""#
    var digest = try #require(AvaticaDigest(challenge: challenge))
    let first = try digest.authorization("u", Secret("p"), target: "/")
    let second = try digest.authorization("u", Secret("p"), target: "/")
    #expect(first.contains("nc=00000001") && second.contains("nc=00000002"))
    #expect(AvaticaDigest(challenge: "basic realm=\"Avatica\"") == nil)
  }
}
