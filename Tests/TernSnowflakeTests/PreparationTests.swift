import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernSnowflake

/// Described statements and their parameters.
struct PreparationTests {
  /// What a description says of an INSERT with so many markers.
  private static func described(
    _ count: Int, arrays: Bool = true, type: Int = 12544, names: [String]? = nil
  ) -> ServiceReply {
    let binds = (names ?? (0..<count).map { "\($0 + 1)" }).map {
      #"{"name":"\#($0)","type":"fixed","precision":38,"scale":0,"nullable":true}"#
    }
    return Query.data(
      #""rowtype":[{"name":"number of rows inserted","type":"fixed","precision":19,"scale":0}],"#
        + #""queryId":"\#(Query.id)","statementTypeId":\#(type),"numberOfBinds":\#(count),"#
        + #""metaDataOfBinds":[\#(binds.joined(separator: ","))],"arrayBindSupported":\#(arrays)"#)
  }

  /// A service that describes, and counts what it is sent.
  private func service(
    _ description: ServiceReply,
    _ more: @escaping @Sendable (ServiceRequest) -> ServiceReply? = { _ in nil }
  ) throws -> ScriptedService {
    try ScriptedService { request in
      if request.json["describeOnly"] as? Bool == true { return description }
      if let answer = more(request) { return answer }
      let binds = request.json["bindings"] as? [String: [String: Any]]
      let count = (binds?["1"]?["value"] as? [Any])?.count ?? 1
      return Query.inserted(count)
    }
  }

  private func rows(_ count: Int) throws -> Batch {
    try batch([.int64, .utf8], (0..<count).map { [.integer(Int64($0)), .text("row \($0)")] })
  }

  private func value(_ request: ServiceRequest, _ marker: String) -> [String?]? {
    let binds = request.json["bindings"] as? [String: [String: Any]]
    return (binds?[marker]?["value"] as? [Any])?.map { $0 as? String }
  }

  @Test func aDescriptionTellsColumnsAndParameters() throws {
    let service = try ScriptedService { request in
      Query.data(
        #""rowtype":[{"name":"N","type":"fixed","precision":10,"scale":2,"nullable":true}],"#
          + #""queryId":"\#(Query.id)","statementTypeId":4096,"numberOfBinds":2,"#
          + #""metaDataOfBinds":[{"name":"1","type":"text","length":10,"nullable":false},"#
          + #"{"name":"who","type":"date"}],"arrayBindSupported":false"#)
    }
    let session = try service.session()
    let preparation = try session.prepare("select ?, :who", patience)
    #expect(preparation.parameterCount == 2)
    #expect(preparation.parameters?.map(\.dataType) == [.utf8, .date32])
    #expect(preparation.parameters?.map(\.name) == ["", "who"])
    #expect(preparation.columns?.map(\.dataType) == [.decimal128(precision: 10, scale: 2)])
    let request = service.requests[0].json
    #expect(request["describeOnly"] as? Bool == true && request["isInternal"] as? Bool == true)
  }

  @Test func statementsWithoutRowsHaveNoColumns() throws {
    let service = try service(Self.described(2))
    let preparation = try service.session().prepare("insert into t values (?,?)", patience)
    #expect(preparation.columns == [])
    #expect(preparation.parameterCount == 2)
  }

  @Test func markersAreCountedHereWhereTheServerDescribesNone() throws {
    let service = try ScriptedService { _ in
      Query.data(#""rowtype":[],"statementTypeId":12544,"numberOfBinds":0"#)
    }
    let preparation = try service.session().prepare("insert into t values (?,'?',?)", patience)
    #expect(preparation.parameterCount == 2)
    #expect(preparation.parameters == nil)
  }

  @Test func whatTheServerCountsCounts() throws {
    // Question marks that are no markers: quantifiers of a pattern. Genuine answers have a version.
    let service = try ScriptedService { _ in
      Query.data(#""rowtype":[],"statementTypeId":4096,"numberOfBinds":0,"version":1"#)
    }
    let sql = "select * from t match_recognize (pattern (a b? c*) define a as x > 1)"
    #expect(try service.session().prepare(sql, patience).parameterCount == 0)
  }

  @Test(arguments: ["000007", "001026", "002128", "002129"])
  func whatIsNotDescribedIsRunAllTheSame(code: String) throws {
    let service = try service(Query.failed(code, "42601", "Statement cannot be prepared"))
    let preparation = try service.session().prepare("insert into identifier(?) select 1", patience)
    #expect(preparation.parameterCount == 1)
    // Definitions have no columns; what a name as a marker has is known when it is bound.
    #expect(preparation.parameters == nil)
    #expect(preparation.columns == (code == "000007" ? [] : nil))
    let outcomes = try preparation.execute(try batch([.utf8], [["t"]]), .init(), patience)
    #expect(try outcomes.taken() == [.changed(1)])
    #expect(service.requests[1].text.contains(#""bindings":{"1":{"type":"TEXT","value":"t"}}"#))
    // Rows of parameters are not left for somebody who asks for more results.
    let many = try batch([.utf8], [["t"], ["u"], ["v"]])
    #expect(try preparation.execute(many, .init(), patience).taken() == [.changed(3)])
    #expect(service.requests.count == 5)
    let other = try self.service(Query.failed("001003", "42000", "syntax"))
    #expect(failure { _ = try other.session().prepare("selct", patience) }?.vendorCode == 1_003)
  }

  @Test func rowsOfWhatIsNotDescribedComeOneResultAfterTheOther() throws {
    let service = try service(Query.failed("002128", "42601", "not set")) { request in
      let binds = request.json["bindings"] as? [String: [String: Any]]
      return Query.rows(["A"], [[binds?["1"]?["value"] as? String]])
    }
    let preparation = try service.session().prepare("select * from identifier(?)", patience)
    let many = try batch([.utf8], [["t"], ["u"]])
    let outcomes = try preparation.execute(many, .init(), patience)
    #expect(service.requests.count == 2)
    #expect(try outcomes.taken() == [.rows([["t"]]), .rows([["u"]])])
  }

  @Test func oneRowIsSentAsPlainValues() throws {
    let service = try service(Self.described(2, names: ["1", "who"]))
    let preparation = try service.session().prepare("insert into t values (?,:who)", patience)
    let outcomes = try preparation.execute(try rows(1), .init(), patience)
    #expect(try outcomes.taken() == [.changed(1)])
    #expect(
      service.requests[1].text.contains(
        #""bindings":{"1":{"type":"FIXED","value":"0"},"who":{"type":"TEXT","value":"row 0"}}"#))
    let wrong = failure {
      _ = try preparation.execute(try batch([.int64], [[1]]), .init(), patience)
    }
    #expect(wrong?.sqlState == .wrongParameterCount)
  }

  @Test("trap 38: many rows are one request where the server says that it takes them")
  func trap38ManyRowsAreOneRequest() throws {
    let service = try service(Self.described(2))
    // What the text looks like does not matter.
    let sql = "/* x */ insert into t with c as (select 1) select ?,?"
    let preparation = try service.session().prepare(sql, patience)
    let outcomes = try preparation.execute(try rows(1_000), .init(), patience)
    #expect(try outcomes.taken() == [.changed(1_000)])
    #expect(service.requests.count == 2)
    #expect(value(service.requests[1], "1")?.count == 1_000)
    #expect(value(service.requests[1], "2")?.last == "row 999")
  }

  @Test("trap 38: what takes no rows together is run row by row, and counted together")
  func trap38RowByRow() throws {
    let service = try service(Self.described(2, arrays: false))
    let preparation = try service.session().prepare("insert into t values (?,?)", patience)
    let outcomes = try preparation.execute(try rows(3), .init(), patience)
    #expect(try outcomes.taken() == [.changed(3)])
    #expect(service.requests.count == 4)
  }

  @Test func queriesAreRunRowByRowWhenTheirTurnComes() throws {
    let service = try service(Self.described(2, arrays: false, type: 4096)) { request in
      let binds = request.json["bindings"] as? [String: [String: Any]]
      return Query.rows(["A"], [[binds?["1"]?["value"] as? String]])
    }
    let preparation = try service.session().prepare("select ?, ?", patience)
    let outcomes = try preparation.execute(try rows(3), .init(), patience)
    #expect(try outcomes.next(patience)?.taken() == .rows([["0"]]))
    #expect(service.requests.count == 2)
    #expect(try outcomes.next(patience)?.taken() == .rows([["1"]]))
    outcomes.close(patience)
    let end = try outcomes.next(patience)
    #expect(end == nil && service.requests.count == 3)
  }

  /// A stage that keeps what it is given.
  private final class Shelf: SnowflakeUploader {
    let files = Locked<[(path: String, text: String)]>([])
    let error: TernError?

    init(failing error: TernError? = nil) { self.error = error }

    func upload(
      _ file: [UInt8], to path: String, of session: SnowflakeSession, _ context: CallContext
    ) throws(TernError) {
      if let error { throw error }
      files.withLock { $0.append((path, String(decoding: file, as: UTF8.self))) }
    }
  }

  private func staged(_ request: ServiceRequest) -> ServiceReply? {
    if (request.json["sqlText"] as? String)?.hasPrefix("CREATE") == true {
      return Query.status(0x6101)
    }
    if (request.json["sqlText"] as? String)?.contains("CURRENT_TRANSACTION") == true {
      return Query.rows(["X"], [[nil]])
    }
    return request.json["bindStage"] == nil ? nil : Query.inserted(50_000)
  }

  @Test func veryManyRowsGoThroughTheStage() throws {
    let shelf = Shelf()
    let service = try service(Self.described(2)) { [self] in staged($0) }
    let session = try service.session(uploader: shelf)
    let preparation = try session.prepare("insert into t values (?,?)", patience)
    for _ in 0..<2 {
      let outcomes = try preparation.execute(try rows(50_000), .init(), patience)
      #expect(try outcomes.taken() == [.changed(50_000)])
    }
    let files = shelf.files.current
    #expect(files.count == 2)
    #expect(files[0].text.hasPrefix("0,row 0\n1,row 1\n"))
    #expect(files[0].text.hasSuffix("49999,row 49999\n"))
    // Described once, the stage made once where no transaction is open, sent twice.
    #expect(service.requests.count == 5)
    #expect(service.statements[1] == "SELECT CURRENT_TRANSACTION()")
    let first = service.requests[3].json
    let place = try #require(first["bindStage"] as? String)
    #expect(files[0].path == "\(place)/1" && place.hasPrefix("@SYSTEM$BIND/"))
    #expect(first["bindings"] == nil)
    #expect(service.requests[4].json["bindStage"] as? String != place)
    #expect(service.requests[2].json["isInternal"] as? Bool == true)
    #expect(service.statements[2].contains("TEMPORARY STAGE IF NOT EXISTS SYSTEM$BIND"))
  }

  @Test(arguments: [false, true])
  func aStageIsNotMadeInsideATransaction(isAutocommit: Bool) throws {
    let shelf = Shelf()
    let service = try service(Self.described(2)) { [self] request in
      (request.json["sqlText"] as? String)?.contains("CURRENT_TRANSACTION") == true
        ? Query.rows(["X"], [["123"]]) : staged(request)
    }
    let session = try service.session(
      parameters: ["AUTOCOMMIT": isAutocommit ? "true" : "false"], uploader: shelf)
    let preparation = try session.prepare("insert into t values (?,?)", patience)
    let outcomes = try preparation.execute(try rows(33_000), .init(), patience)
    #expect(try outcomes.taken() == [.changed(33_000)])
    // A definition would commit what the caller may want to take back.
    #expect(!service.statements.contains { $0.hasPrefix("CREATE") })
    #expect(shelf.files.current.count == 0)
    #expect(session.takeWarnings().isEmpty)
  }

  @Test func aStageIsMadeInEverySchemaThatNeedsOne() throws {
    let shelf = Shelf()
    let service = try service(Self.described(2)) { [self] request in
      (request.json["sqlText"] as? String)?.hasPrefix("USE") == true
        ? Query.status(0x4300, #""finalDatabaseName":"DB","finalSchemaName":"S2""#)
        : staged(request)
    }
    let session = try service.session(uploader: shelf)
    let preparation = try session.prepare("insert into t values (?,?)", patience)
    for _ in 0..<2 {
      _ = try preparation.execute(try rows(33_000), .init(), patience).taken()
      try session.set(.schema("S2"), patience)
    }
    #expect(service.statements.filter { $0.hasPrefix("CREATE") }.count == 2)
    #expect(shelf.files.current.count == 2)
  }

  @Test func filesAreReadAsTheyAreWrittenWhateverTheSessionsFormats() throws {
    let shelf = Shelf()
    let service = try service(Self.described(4)) { [self] in staged($0) }
    var settings = SnowflakeSettings()
    settings.bindStageThreshold = 1
    let session = try service.session(settings, uploader: shelf)
    let preparation = try session.prepare("insert into t values (?,?,?,?)", patience)
    let types: [DataType] = [.date32, .time32(.second), .timestamp(.second, zone: "UTC"), .binary]
    let now = WideTimestamp(seconds: 0, nanoseconds: 0)
    let row: [Value] = [.date(0), .time(0), .timestamp(now), .bytes([1])]
    _ = try preparation.execute(try batch(types, [row, row]), .init(), patience).taken()
    let sent = try #require(service.requests.last?.json)
    #expect(sent["bindStage"] != nil)
    #expect(
      sent["parameters"] as? [String: String] == [
        "DATE_INPUT_FORMAT": "AUTO", "TIME_INPUT_FORMAT": "AUTO",
        "TIMESTAMP_INPUT_FORMAT": "AUTO", "BINARY_INPUT_FORMAT": "HEX",
      ])
    let plain = try service.session(settings, uploader: shelf)
    let numbers = try plain.prepare("insert into t values (?,?,?,?)", patience)
    let rows: [[Value]] = [[1, "a", true, .double(0.5)], [2, "b", false, .double(1.5)]]
    let values = try batch([.int64, .utf8, .bool, .float64], rows)
    _ = try numbers.execute(values, .init(), patience).taken()
    #expect((service.requests.last?.json["parameters"] as? [String: String])?.isEmpty == true)
  }

  @Test("trap 39: without a right to make the stage, parameters go with the request")
  func trap39NoStage() throws {
    let shelf = Shelf()
    let service = try service(Self.described(2)) { [self] request in
      (request.json["sqlText"] as? String)?.hasPrefix("CREATE") == true
        ? Query.failed("003001", "42501", "Insufficient privileges") : staged(request)
    }
    let session = try service.session(uploader: shelf)
    let preparation = try session.prepare("insert into t values (?,?)", patience)
    for _ in 0..<2 {
      let outcomes = try preparation.execute(try rows(33_000), .init(), patience)
      #expect(try outcomes.taken() == [.changed(33_000)])
    }
    #expect(shelf.files.current.isEmpty)
    let statements = service.statements
    // Tried once; then parts of at most 16 384 rows inside a transaction, twice.
    #expect(statements.filter { $0.hasPrefix("CREATE") }.count == 1)
    let part = "insert into t values (?,?)"
    let batch = ["SELECT CURRENT_TRANSACTION()", "BEGIN", part, part, part, "COMMIT"]
    #expect(Array(statements.suffix(12)) == batch + batch)
    let counts = service.requests.compactMap { value($0, "1")?.count }
    #expect(counts == [16_384, 16_384, 232, 16_384, 16_384, 232])
  }

  @Test("trap 39: a file that cannot be stored is as good as no stage")
  func trap39NoUpload() throws {
    let shelf = Shelf(failing: .unsupported("no such cloud"))
    let service = try service(Self.described(2)) { [self] in staged($0) }
    let session = try service.session(uploader: shelf)
    let preparation = try session.prepare("insert into t values (?,?)", patience)
    let outcomes = try preparation.execute(try rows(33_000), .init(), patience)
    #expect(try outcomes.taken() == [.changed(33_000)])
    #expect(session.takeWarnings().map(\.sqlState) == [.warning])
    #expect(session.takeWarnings().isEmpty)
    let dead = Shelf(failing: .cancelled)
    let other = try service.session(uploader: dead)
    let error = failure {
      let preparation = try other.prepare("insert into t values (?,?)", patience)
      _ = try preparation.execute(try rows(33_000), .init(), patience)
    }
    #expect(error?.kind == .cancelled)
  }

  @Test func thresholdsAreTheOptionsOrTheServers() throws {
    for (option, server, isStaged) in [
      (nil, nil, false), (nil, "10", true), (nil, "0", false), (0, "10", false), (10, "0", true),
      (21, "10", false), (20, nil, true),
    ] as [(Int64?, String?, Bool)] {
      let shelf = Shelf()
      let service = try service(Self.described(2)) { [self] in staged($0) }
      var settings = SnowflakeSettings()
      settings.bindStageThreshold = option
      let parameters = server.map { ["CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": $0] } ?? [:]
      let session = try service.session(settings, parameters: parameters, uploader: shelf)
      let preparation = try session.prepare("insert into t values (?,?)", patience)
      _ = try preparation.execute(try rows(10), .init(), patience)
      #expect(shelf.files.current.isEmpty == !isStaged, "\(String(describing: option))")
    }
  }

  @Test func partsOfAFailedBatchAreTakenBack() throws {
    let service = try service(Self.described(2)) { [self] request in
      if let rows = value(request, "1"), rows.first == "16384" {
        return Query.failed("100038", "22018", "bad")
      }
      return staged(request)
    }
    let preparation = try service.session().prepare("insert into t values (?,?)", patience)
    let error = failure {
      _ = try preparation.execute(try rows(33_000), .init(), patience)
    }
    #expect(error?.sqlState == .invalidCast)
    let part = "insert into t values (?,?)"
    #expect(
      Array(service.statements.suffix(5))
        == ["SELECT CURRENT_TRANSACTION()", "BEGIN", part, part, "ROLLBACK"])
  }

  @Test(arguments: [false, true])
  func aTransactionOfTheCallersIsLeftToHim(isAutocommit: Bool) throws {
    let service = try service(Self.described(2)) { request in
      (request.json["sqlText"] as? String)?.contains("CURRENT_TRANSACTION") == true
        ? Query.rows(["X"], [["123"]]) : nil
    }
    let session = try service.session(
      parameters: ["AUTOCOMMIT": isAutocommit ? "true" : "false"])
    let preparation = try session.prepare("insert into t values (?,?)", patience)
    let outcomes = try preparation.execute(try rows(33_000), .init(), patience)
    #expect(try outcomes.taken() == [.changed(33_000)])
    #expect(!service.statements.contains("BEGIN") && !service.statements.contains("COMMIT"))
  }

  @Test func valuesThatCannotBeSentStopEverything() throws {
    let service = try service(Self.described(1))
    let preparation = try service.session().prepare("insert into t values (?)", patience)
    let bad = try batch([.date32], [[.date(0)], [.date(.max)]])
    let error = failure { _ = try preparation.execute(bad, .init(), patience) }
    #expect(error?.sqlState == .datetimeOutOfRange)
    #expect(error?.message.contains("parameter 1, row 2") == true)
    #expect(service.requests.count == 1)
  }
}
