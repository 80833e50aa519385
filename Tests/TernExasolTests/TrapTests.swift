import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernExasol

/// Traps of the Exasol reference, section 8, that need no server with SQL.
@Suite struct TrapTests {
  private let context = CallContext()

  /// Trap 2: a fingerprint in the wrong place is no host name, schema or port.
  @Test(arguments: [
    "exasol://u:p@h:8563/%PIN", "exasol://u:p@%PIN@h", "exasol://u:p@h:%PIN",
    "Protocol=exasol;EXAHOST=%PIN/h:8563", "Protocol=exasol;EXAHOST=h:8563:%PIN",
    "Protocol=exasol;EXAHOST=h/%PIN/%PIN", "Protocol=exasol;EXAHOST=h,%PIN",
  ])
  func fingerprintsHaveTheirPlace(text: String) {
    let pin = String(repeating: "0123456789abcdef", count: 4)
    let registry = DriverRegistry([ExasolDriver.self]) { _ throws(TernError) in [] }
    let error = #expect(throws: TernError.self) {
      try ExasolOpener(
        ConnectionTarget(parsing: text.replacing("%PIN", with: pin), registry: registry))
    }
    #expect(error?.kind == .usage, "\(String(describing: error))")
  }

  /// Trap 11: the real user of the system, unless told otherwise.
  @Test(arguments: [("", ProcessFacts.userName), ("os_user=ann", "ann")])
  func auditorsSeeWhoSitsAtTheClient(options: String, user: String) throws {
    let script = try ScriptedSession(Transcript("password-login"), options: options)
    #expect(!user.isEmpty)
    #expect(
      script.channel.sent.contains { $0.contains(#""clientOsUsername":"\#(user)""#) },
      "\(script.channel.sent)")
  }

  /// Trap 49: autocommit is on unless switched off.
  @Test(arguments: [("", "true"), ("autocommit=off", "false")])
  func autocommitIsOnByDefault(options: String, value: String) throws {
    let script = try ScriptedSession(Transcript("password-login"), options: options)
    #expect(script.channel.sent.contains { $0.contains(#""autocommit":\#(value)"#) })
    // Trap 51: views change their behaviour in snapshot mode, so it is asked for by option only.
    #expect(!script.channel.sent.contains { $0.contains("snapshotTransactionsEnabled") })
  }

  /// Trap 37: one unit, bytes, from the option to the request.
  @Test(arguments: [("20000", 20_000), ("20k", 20_480), ("2M", 2 << 20)])
  func fetchSizesAreBytes(option: String, byteCount: Int) throws {
    let script = try ScriptedSession(Transcript("several-fetches"))
    var options = ExecutionOptions()
    options.batchByteCountMax = byteCount
    let target = try ScriptedSession.target("batch_bytes=\(option)")
    #expect(try target.size("batch_bytes") == Int64(byteCount))
    let outcomes = try script.session.execute(
      "SELECT ID, NAME FROM BIG ORDER BY ID", options, context)
    _ = try script.rows(outcomes)
    let fetches = script.channel.sent.filter { $0.contains(#""command":"fetch""#) }
    #expect(!fetches.isEmpty)
    #expect(fetches.allSatisfy { $0.contains(#""numBytes":\#(byteCount)}"#) }, "\(fetches)")
  }

  /// Trap 70: nothing is cut below the ODBC buffers.
  @Test func errorTextsOfAnyLengthStayWhole() throws {
    let text = String(repeating: "no such column ", count: 100_000)
    let script = try ScriptedSession(
      Transcript.afterLogin([
        .client(#"{"command":"execute","sqlText":"SELECT 1"}"#),
        .server(#"{"status":"error","exception":{"text":"\#(text)","sqlCode":"42000"}}"#),
      ]))
    let error = #expect(throws: TernError.self) {
      try script.session.execute("SELECT 1", .init(), context)
    }
    #expect(error?.message == text)
    #expect(script.session.isAlive)
  }

  /// A prepare that finished although it was cancelled leaves no handle on the server.
  @Test func cancelledPreparesAreClosed() throws {
    let script = try ScriptedSession(
      Transcript.afterLogin([
        .client(#"{"command":"createPreparedStatement","sqlText":"SELECT ?"}"#),
        .client(#"{"command":"abortQuery"}"#),
        .server(
          #"{"status":"ok","responseData":{"statementHandle":77,"numResults":1,"results":["#
            + #"{"resultType":"resultSet","resultSet":{"numColumns":1,"numRows":0,"#
            + #""columns":[{"name":"A","dataType":{"type":"DOUBLE"}}]}}]}}"#),
        .client(#"{"command":"closePreparedStatement","statementHandle":77}"#),
        .server(#"{"status":"ok"}"#),
        .client(#"{"command":"execute","sqlText":"COMMIT"}"#),
        .server(
          #"{"status":"ok","responseData":{"numResults":1,"results":["#
            + #"{"resultType":"rowCount","rowCount":0}]}}"#),
      ]))
    let error = #expect(throws: TernError.self) {
      try script.session.prepare("SELECT ?", CallContext())
    }
    #expect(error?.kind == .cancelled)
    try script.session.end(.commit, context)
    #expect(script.channel.differences == [])
    #expect(script.channel.stepsLeft == [])
  }
}
