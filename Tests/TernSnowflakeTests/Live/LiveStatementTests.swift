import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernSnowflake

extension LiveTests {
  @Suite struct Statements {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    @Test(arguments: ["arrow", "json"])
    func valuesOfEveryKind(format: String) throws {
      let connection = try server.connect("result_format=\(format)")
      defer { connection.close() }
      let rows = try connection.rows(
        """
        select 1, -12.50::number(10,2), 1.5::float, 'é', null::varchar, true,
          '2024-02-29'::date, '12:34:56.789'::time(9), '9999-12-31 23:59:59.999999999'::timestamp_ntz,
          to_binary('DEAD00', 'HEX'), '2024-01-02 03:04:05 +02:00'::timestamp_tz
        """)
      let decimal = try #require(DecimalValue("-12.50"))
      let far = WideTimestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)
      let zoned = WideTimestamp(
        seconds: 1_704_157_445, nanoseconds: 0, offsetMinutes: 120)
      #expect(
        rows == [
          [
            .decimal(DecimalValue(unscaled: 1)), .decimal(decimal), .double(1.5), .text("é"),
            .null, .bool(true), .date(19_782), .time(45_296_789_000_000), .timestamp(far),
            .bytes([0xDE, 0xAD, 0]), .timestamp(zoned),
          ]
        ])
    }

    @Test(arguments: ["arrow", "json"])
    func largeResultsComeInParts(format: String) throws {
      let connection = try server.connect("result_format=\(format)")
      defer { connection.close() }
      let result = try connection.execute(
        "select seq8() as n, 'row ' || seq8() as s from table(generator(rowcount => 25000))")
      #expect(result.rowCount == 25_000)
      let rows = try result.rows()
      #expect(rows.count == 25_000)
      #expect(Set(rows.map { $0[1] }).count == 25_000)
      // The session is free while its results are read.
      let first = try connection.execute(
        "select seq8() from table(generator(rowcount => 25000))")
      _ = try first.nextBatch()
      #expect(try connection.rows("select 7").count == 1)
      first.close()
    }

    @Test func parametersComeBackAsTheyWere() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let moment = WideTimestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)
      let zoned = WideTimestamp(seconds: -1, nanoseconds: 5, offsetMinutes: -480)
      let long = try #require(DecimalValue("-12345678901234.5678"))
      let cases: [(DataType, Value, String)] = [
        (.int64, .integer(.max), "number(38,0)"), (.float64, .double(0.1), "float"),
        (.float64, .double(-.infinity), "float"), (.bool, .bool(false), "boolean"),
        (.decimal128(precision: 18, scale: 4), .decimal(long), "number(18,4)"),
        (.utf8, .text("it's \\ \"é😀\n"), "varchar"), (.utf8, .text(""), "varchar"),
        (.utf8, .null, "varchar"), (.binary, .bytes([0, 255]), "binary"),
        (.date32, .date(2_932_896), "date"), (.date32, .date(-719_162), "date"),
        (.time64(.nanosecond), .time(86_399_999_999_999), "time(9)"),
        (.wideTimestamp(digits: 9, zone: nil), .timestamp(moment), "timestamp_ntz(9)"),
        (.wideTimestamp(digits: 9, zone: "UTC"), .timestamp(zoned), "timestamp_tz(9)"),
      ]
      for (type, value, declared) in cases {
        let statement = connection.makeStatement()
        try statement.prepare("select cast(? as \(declared))")
        #expect(statement.parameterCount == 1)
        statement.bind(try batch([type], [[value]]))
        let row = try #require(try statement.execute().rows().first)
        if case .integer(let number) = value {
          #expect(row == [.decimal(DecimalValue(unscaled: Int128(number)))])
        } else {
          #expect(row == [value], "\(declared)")
        }
      }
    }

    @Test func arraysAreOneRequest() throws {
      let connection = try server.connect("bind_stage_threshold=0")
      defer { connection.close() }
      try connection.execute("create or replace table many (a number, b varchar)").close()
      let statement = connection.makeStatement()
      try statement.prepare("insert into many values (?, ?)")
      let rows = (0..<5_000).map { [Value.integer(Int64($0)), .text("row \($0)")] }
      statement.bind(try batch([.int64, .utf8], rows))
      #expect(try statement.execute().rowsChanged == 5_000)
      #expect(
        try connection.rows("select count(*), sum(a), max(b) from many")
          == [
            [
              .decimal(.init(unscaled: 5_000)), .decimal(.init(unscaled: 12_497_500)),
              .text("row 999"),
            ]
          ])
      let executions = try server.control(
        "POST", "/executions", #"{"sqlContains":"insert into many"}"#)
      #expect(executions.components(separatedBy: "\"requestId\"").count <= 3)
    }

    @Test func manyRowsInPartsAreAllOrNone() throws {
      let connection = try server.connect("bind_stage_threshold=1000")
      defer { connection.close() }
      try connection.execute("create or replace table parts (a number)").close()
      let statement = connection.makeStatement()
      try statement.prepare("insert into parts values (?)")
      statement.bind(try batch([.int64], (0..<20_000).map { [Value.integer($0)] }))
      #expect(try statement.execute().rowsChanged == 20_000)
      #expect(
        try connection.rows("select count(*) from parts")
          == [[.decimal(DecimalValue(unscaled: 20_000))]])
    }

    @Test func countsOfChangedRows() throws {
      let connection = try server.connect()
      defer { connection.close() }
      func changed(_ sql: String) throws -> Int64? { try connection.execute(sql).rowsChanged }
      _ = try changed("create or replace table counts (a number, b varchar)")
      #expect(try changed("insert into counts values (1,'a'),(2,'b'),(3,'c')") == 3)
      #expect(try changed("update counts set b = 'x' where a > 1") == 2)
      #expect(
        try changed(
          "merge into counts t using (select 1 a union all select 9 a) s on t.a = s.a "
            + "when matched then update set b = 'm' when not matched then insert (a) values (s.a)")
          == 2)
      #expect(try changed("delete from counts where a = 77") == 0)
      #expect(try changed("delete from counts") == 4)
    }

    @Test func transactionsAreTheUsers() throws {
      let connection = try server.connect("autocommit=off")
      defer { connection.close() }
      try connection.execute("create or replace table work (a number)").close()
      try connection.execute("insert into work values (1)").close()
      try connection.rollback()
      #expect(try connection.rows("select a from work") == [])
      try connection.execute("insert into work values (2)").close()
      try connection.commit()
      try connection.setAutocommit(true)
      #expect(connection.state.isAutocommit)
      #expect(try connection.rows("select a from work").count == 1)
    }

    @Test func theSessionFollowsTheServer() throws {
      let connection = try server.connect()
      defer { connection.close() }
      #expect(connection.state.catalog == "TESTDB" && connection.state.schema == "PUBLIC")
      try connection.execute("create schema if not exists OTHER").close()
      try connection.set(.schema("OTHER"))
      #expect(connection.state.schema == "OTHER")
      try connection.execute("use schema TESTDB.PUBLIC").close()
      #expect(connection.state.schema == "PUBLIC")
      try connection.ping()
      #expect(connection.capabilities.productName == "Snowflake")
    }

    @Test func severalStatementsInOneText() throws {
      let connection = try server.connect("multi_statement_count=0")
      defer { connection.close() }
      let first = try connection.execute(
        "create or replace table multi (a number); insert into multi values (1),(2); "
          + "select a from multi order by a")
      #expect(!first.hasRows)
      let second = try #require(try first.nextResult())
      #expect(second.rowsChanged == 2)
      let third = try #require(try second.nextResult())
      #expect(try third.rows().count == 2)
      let end = try third.nextResult()
      #expect(end == nil)
      #expect(throws: TernError.self) {
        try connection.execute("insert into multi values (3); select * from missing")
      }
      #expect(try connection.rows("select a from multi").count == 3)
      let plain = try server.connect()
      defer { plain.close() }
      #expect(throws: TernError.self) { try plain.execute("select 1; select 2") }
    }

    @Test func statementsThatRunApart() throws {
      let polled = try server.connect("async=on")
      defer { polled.close() }
      #expect(try polled.rows("select 5 + 5") == [[.decimal(DecimalValue(unscaled: 10))]])
      let connection = try server.connect("async=submit")
      defer { connection.close() }
      let result = try connection.execute("select 'later'")
      let id = try #require(result.queryID)
      #expect(!result.hasRows)
      let reader = try server.connect()
      defer { reader.close() }
      #expect(try reader.open(SnowflakeSession.partition(of: id)).rows() == [[.text("later")]])
    }

    @Test("trap 31: described columns have the types that results have")
    func trap31DescriptionsAgreeWithResults() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let sql = "select 1::number(5,2) as a, 'x' as b, current_date() as c"
      let statement = connection.makeStatement()
      try statement.prepare(sql)
      let described = try #require(statement.columns)
      let result = try statement.execute()
      #expect(described.map(\.dataType) == result.columns.map(\.dataType))
      #expect(described.map(\.name) == ["A", "B", "C"])
      result.close()
      #expect(throws: TernError.self) { try statement.prepare("select * from nowhere") }
    }

    @Test func errorsAreTheServers() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let missing = #expect(throws: TernError.self) { try connection.execute("select * from nope") }
      #expect(missing?.sqlState == .noSuchTable && missing?.vendorCode == 2_003)
      #expect(missing?.queryID != nil)
      let syntax = #expect(throws: TernError.self) { try connection.execute("selec 1") }
      #expect(syntax?.vendorCode == 1_003)
      #expect(connection.isAlive)
    }

    @Test("trap 48: documents are compact where the session is told so")
    func trap48DocumentsAreCompact() throws {
      let sql = "select parse_json('{\"a\":[1,2]}')"
      let plain = try server.connect()
      defer { plain.close() }
      #expect(try plain.rows(sql) == [[.text("{\n  \"a\": [\n    1,\n    2\n  ]\n}")]])
      let compact = try server.connect("session.JSON_INDENT=0")
      defer { compact.close() }
      #expect(try compact.rows(sql) == [[.text("{\"a\":[1,2]}")]])
    }

    @Test("trap 53: a result that is not read yet loses nothing to the next statement")
    func trap53UnreadResults() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let sql = "select seq8() from table(generator(rowcount => 12000))"
      let statement = connection.makeStatement()
      let first = try statement.execute(sql)
      _ = try first.nextBatch()
      let second = try statement.execute(sql)
      var count = Int(first.rowsTaken)
      while let batch = try first.nextBatch() { count += batch.rowCount }
      #expect(count == 12_000)
      #expect(try second.rows().count == 12_000)
    }
  }
}
