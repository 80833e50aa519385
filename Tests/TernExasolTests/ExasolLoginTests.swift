import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernExasol

/// The four messages of a login, in every wrong order too.
@Suite struct ExasolLoginTests {
  private static let key =
    #"{"publicKeyModulus":"a27606b686dd798824e01cc23cf98954d0a4881d851f16ae250a68fb7fad870074"#
    + #"3d26e66329d26d931571e8ec5e5fe5e3340b7241dcbc55232e6092d139dc40c58c77cbf3dddc2d5dba7676bb32"#
    + #"bb76e5bb390c008a02f3d615439e3f66303629d2cddc8891bed83fa19cf86882fe4af0fb42330efe510401cca8"#
    + #"a9da5c8f35","publicKeyExponent":"010001"}"#

  private func fields(_ json: String) throws -> ExasolFields {
    try ExasolFields(reading: JSONReader(Array(json.utf8)))
  }

  private func login(
    _ credentials: ExasolCredentials, ticket: ExasolSubTicket? = nil, version: Int = 5
  ) -> ExasolLogin {
    ExasolLogin(credentials, ticket: ticket, protocolVersion: version) { _ in }
  }

  private let password = ExasolCredentials.password(user: "SYS", Secret("tern-secret"))

  private func third(_ login: ExasolLogin) throws -> String {
    var login = login
    _ = try login.start()
    guard case .send(let bytes) = try login.received(fields(Self.key)) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func commandsNameTheKindOfLogin() throws {
    let ticket = ExasolSubTicket(token: 1, sessionID: "2")
    for (credentials, name, sub) in [
      (password, "login", "subLogin"),
      (.accessToken(Secret("tok")), "loginToken", "subLoginToken"),
      (.refreshToken(Secret("tok")), "loginToken", "subLoginToken"),
    ] {
      var main = login(credentials)
      var other = login(credentials, ticket: ticket)
      #expect(
        try String(decoding: main.start(), as: UTF8.self)
          == #"{"command":"\#(name)","protocolVersion":5}"#)
      #expect(try String(decoding: other.start(), as: UTF8.self).contains("\"\(sub)\""))
    }
  }

  @Test func passwordsAreEncryptedAnewEachTime() throws {
    // Trap 5: a key of 1024 bits, which crypto libraries refuse where it is part of a certificate.
    let (one, two) = (try third(login(password)), try third(login(password)))
    #expect(one != two)
    let text = JSONComparison.object(one)?["password"] as? String
    #expect(text?.utf8.count == 172)
    #expect(!one.contains("tern-secret"))
  }

  @Test(arguments: [(3, false), (4, true), (5, true)])
  func subLoginsShowTheSessionFromVersionFourOn(version: Int, hasSession: Bool) throws {
    let ticket = ExasolSubTicket(token: 5_391_821_763_945, sessionID: "1659680558719702237")
    let text = try third(login(.accessToken(Secret("tok")), ticket: ticket, version: version))
    #expect(text.contains(#""token":5391821763945"#))
    #expect(text.contains(#""sessionId":1659680558719702237"#) == hasSession)
  }

  @Test func wrongEventsThrow() throws {
    var early = login(password)
    #expect(throws: TernError.self) { try early.received(fields(Self.key)) }
    var twice = login(password)
    _ = try twice.start()
    #expect(throws: TernError.self) { try twice.start() }
    _ = try twice.received(fields(Self.key))
    _ = try twice.received(fields(#"{"sessionId":1}"#))
    #expect(throws: TernError.self) { try twice.received(fields("{}")) }
    #expect(!twice.hasShownCredentials)
  }

  @Test(arguments: [
    "{}", #"{"publicKeyModulus":"zz","publicKeyExponent":"010001"}"#,
    #"{"publicKeyModulus":"","publicKeyExponent":""}"#, #"{"publicKeyModulus":5}"#,
    #"{"publicKeyModulus":"00","publicKeyExponent":"00"}"#,
  ])
  func keysThatAreNoneAreErrors(json: String) throws {
    var login = login(password)
    _ = try login.start()
    #expect(throws: TernError.self) { try login.received(fields(json)) }
  }

  @Test(arguments: [
    #"{"protocolVersion":0}"#, #"{"protocolVersion":100}"#, #"{"protocolVersion":"x"}"#,
    #"{"maxDataMessageSize":1e99}"#,
  ])
  func strangeSessionsAreErrors(json: String) throws {
    #expect(throws: TernError.self) {
      try ExasolLoginReply(fields(json), requestedVersion: 5)
    }
  }
}

/// Shares of a parallel result, whose positions may count two ways.
@Suite struct ExasolShareReaderTests {
  /// Rows 100 to 104 of a result; `countsWhole` says how the server counts them.
  @Test(arguments: [true, false])
  func positionsAreProbedWhereBothWaysWouldGiveRows(countsWhole: Bool) throws {
    func fetch(_ position: Int, _ rows: String) -> [TranscriptStep] {
      let count = rows.isEmpty ? 0 : rows.split(separator: ",").count
      return [
        .client(#"{"command":"fetch","resultSetHandle":4,"startPosition":\#(position)}"#),
        .server(#"{"status":"ok","responseData":{"numRows":\#(count),"data":[[\#(rows)]]}}"#),
      ]
    }
    // The share [2, 7) has five rows: position 2 exists in both ways of counting, 6 in one.
    let steps =
      countsWhole
      ? fetch(6, "6") + fetch(2, "2,3,4") + fetch(5, "5,6")
      : fetch(6, "") + fetch(0, "2,3,4") + fetch(3, "5,6")
    let channel = ScriptedChannel(Transcript(steps: steps))
    let line = ExasolLine(
      channel, host: HostAddress(host: "h", port: 1), networkTimeout: nil)
    let header =
      #"{"results":[{"resultSet":{"resultSetHandle":4,"numColumns":1,"numRows":7,"#
      + #""numRowsInMessage":0,"columns":[{"name":"N","dataType":{"type":"DOUBLE"}}]}}]}"#
    let results = ExasolResultReader(formats: ExasolFormats(ExasolAttributes(), .init()))
    guard case .resultSet(let set)? = try results.results(JSONReader(Array(header.utf8))).first
    else { return }
    let reader = ExasolShareReader(line, 4, set, results, 1_000, 2..<7)
    var rows: [Value] = []
    while let page = try reader.nextPage(CallContext()) {
      #expect(page.firstRow == Int64(2 + rows.count))
      for row in 0..<page.batch.rowCount { rows += try page.batch.row(row) }
    }
    #expect(rows == [2, 3, 4, 5, 6].map { Value.double($0) })
    #expect(channel.differences == [])
  }
}
