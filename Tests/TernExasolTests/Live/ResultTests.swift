import TernColumns
import TernCore
import TernDriver
import TernTestKit
import Testing

extension LiveTests {
  @Suite struct Results {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    @Test(
      arguments: [
        "auto", "inline", "handle", "no-data", "both", "inline-handle", "negative-handle",
      ], ["", "compression=on"])
    func everyFormOfAResultGivesItsRows(mode: String, options: String) throws {
      // Traps 19 to 23: handles, data, both or neither; pages and messages of any size.
      try server.options(
        #"{"resultMode":"\#(mode)","rowsPerFetch":700,"fragments":3,"firstHandle":0}"#)
      let connection = try server.connect(options)
      defer { connection.close() }
      let rows = try connection.rows("SELECT ID, NAME FROM RETAIL.BIG ORDER BY ID")
      #expect(rows.count == 2_500)
      #expect(Set(rows.map { $0[0] }).count == 2_500)
      #expect(rows.first?[0] != rows.last?[0])
      let empty = try connection.execute("SELECT * FROM RETAIL.EMPTY_T")
      #expect(empty.columns.map(\.name) == ["ID"])
      #expect(empty.rowCount == 0)
      #expect(try empty.rows() == [])
      #expect(try connection.rows("SELECT * FROM RETAIL.T_ALL").count == 4)
      try connection.ping()
      #expect(try server.count("resultSets") == 0, "trap 24: everything is closed")
    }

    @Test func closingEarlyTellsTheServerBeforeTheNextRequest() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let result = try connection.execute("SELECT * FROM RETAIL.BIG")
      _ = try result.nextBatch()
      result.close()
      #expect(try connection.rows("SELECT 1") == [[.whole(1)]])
      let commands = try server.commands()
      let close = try #require(commands.firstIndex(of: "closeResultSet"))
      #expect(commands[close...].contains("execute"), "trap 24: \(commands)")
      #expect(try server.count("resultSets") == 0)
    }

    @Test func severalResultsStayOpenOnOneSession() throws {
      let connection = try server.connect("batch_bytes=20000")
      defer { connection.close() }
      let left = try connection.execute("SELECT ID FROM RETAIL.BIG")
      let right = try connection.execute("SELECT NAME FROM RETAIL.BIG")
      var counts = [0, 0]
      while true {
        let (a, b) = (try left.nextBatch(), try right.nextBatch())
        counts[0] += a?.rowCount ?? 0
        counts[1] += b?.rowCount ?? 0
        if a == nil, b == nil { break }
      }
      #expect(counts == [2_500, 2_500])
    }

    @Test(arguments: ["astral", "raw", "ascii"])
    func escapesMakeNoDifference(form: String) throws {
      try server.options(#"{"escape":"\#(form)"}"#)
      let connection = try server.connect()
      defer { connection.close() }
      let rows = try connection.rows("SELECT C_VARCHAR FROM RETAIL.T_ALL")
      #expect(
        rows.map { $0[0] } == [
          .text("Grüße \u{1F680}"), .null, .text("a\tb\nc\"d\\e/"),
          .text("日本語 \u{1F469}\u{200D}\u{1F680}"),
        ])
    }

    @Test func valuesAtTheEdgesAreExact() throws {
      let connection = try server.connect()
      defer { connection.close() }
      let rows = try connection.rows("SELECT * FROM RETAIL.T_ALL")
      // Traps 26 and 27.
      #expect(
        rows.map { $0[3] } == [
          .whole(999_999_999_999_999_999), .null, .whole(-999_999_999_999_999_999), .whole(0),
        ])
      #expect(
        rows[2][4] == .decimal(try #require(DecimalValue("-999999999999999999999999999999999999"))))
      #expect(rows[0][5] == .decimal(try #require(DecimalValue("-0.70000"))))
      #expect(rows[2][6] == .double(-Double.greatestFiniteMagnitude))
      #expect(rows[3][6] == .double(.leastNonzeroMagnitude))
      #expect(rows[2][7] == .date(-719_162))
      #expect(rows[3][7] == .date(2_932_896))
      // Trap 34: blanks are the value.
      #expect(rows[2][1] == .text("a    "))
      #expect(rows[2][11] == .duration(seconds: -99 * 86_400 - 86_400, nanoseconds: 1_000_000))
    }

    @Test func nanosecondsCrossWithTheirFormat() throws {
      // Trap 29: nine digits need FF9, and nothing else is cut.
      let connection = try server.connect(
        "session_init=ALTER%20SESSION%20SET%20NLS_TIMESTAMP_FORMAT="
          + "'YYYY-MM-DD%20HH24:MI:SS.FF9'")
      defer { connection.close() }
      let rows = try connection.rows("SELECT TS9, IDS FROM RETAIL.T_NANO ORDER BY ID")
      #expect(
        rows.prefix(3).map { $0[0] } == [
          .timestamp(WideTimestamp(seconds: -62_135_596_800, nanoseconds: 1)),
          .timestamp(WideTimestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)),
          .timestamp(WideTimestamp(seconds: 1_718_731_333, nanoseconds: 123_456_789)),
        ])
      let statement = connection.makeStatement()
      try statement.prepare("SELECT ID FROM RETAIL.T_NANO WHERE TS9 = ?")
      let builder = BatchBuilder(
        Schema([Field("t", .wideTimestamp(digits: 9, zone: nil))]))
      try builder.append([
        .timestamp(WideTimestamp(seconds: 1_718_731_333, nanoseconds: 123_456_789))
      ])
      statement.bind(try builder.finish())
      #expect(try statement.execute().rows() == [[.whole(3)]])
    }

    @Test func formatsOfTheSessionAreFollowed() throws {
      // Traps 31 and 32: dates, and the forms of hashes.
      let connection = try server.connect()
      defer { connection.close() }
      let sql = "SELECT C_DATE, C_TS, C_HASH FROM RETAIL.T_ALL LIMIT 1"
      let before = try connection.rows(sql)
      _ = try connection.execute("ALTER SESSION SET NLS_DATE_FORMAT='DD.MM.YYYY'")
      _ = try connection.execute(
        "ALTER SESSION SET NLS_TIMESTAMP_FORMAT='DD-MON-YYYY HH12:MI:SS.FF3 AM'")
      #expect(try connection.rows(sql) == before)
      for (form, text) in [
        ("UUID", "550e8400-e29b-11d4-a716-446655440000"), ("BASE64", "VQ6EAOKbEdSnFkRmVUQAAA=="),
      ] {
        _ = try connection.execute("ALTER SESSION SET HASHTYPE_FORMAT='\(form)'")
        #expect(try connection.rows(sql)[0][2] == .text(text))
      }
      _ = try connection.execute("ALTER SESSION SET NLS_DATE_FORMAT='YY-MM-DD'")
      let short = try connection.execute(sql)
      #expect(short.columns[0].dataType == .utf8, "a format that says too little is text")
    }

    @Test func optionsOfTheSessionTakeEffect() throws {
      let connection = try server.connect(
        "decimal_as_integer=on&max_rows=3&ltz=instant&schema=RETAIL&autocommit=off"
          + "&session_init=OPEN%20SCHEMA%20S;%20ALTER%20SESSION%20SET%20QUERY_TIMEOUT=77")
      defer { connection.close() }
      #expect(connection.state.schema == "S")
      #expect(!connection.state.isAutocommit)
      let result = try connection.execute("SELECT ID FROM RETAIL.BIG ORDER BY ID")
      #expect(result.columns[0].dataType == .int64)
      #expect(try result.rows().count == 3)
      let local = try connection.execute("SELECT C_TSLTZ FROM RETAIL.T_ALL")
      #expect(local.columns[0].dataType == .timestamp(.microsecond, zone: "UTC"))
      // A row limit is for rows, not for the catalog.
      let keys = connection.makeStatement()
      keys.options.rowCountMax = 0
      let answer = try keys.catalog(.primaryKeys(TableFilter(schema: .exact("RETAIL"))))
      #expect(try answer.rows().count == 4)
    }

    @Test func manyMegabytesInOneMessageArrive() throws {
      // Trap 19: more than 16 MiB in one message.
      let connection = try server.connect()
      defer { connection.close() }
      let rows = try connection.rows("SELECT RPAD('x', 2000000, 'y') FROM BIG_9")
      #expect(rows.count == 9)
      guard case .text(let text) = rows[8][0] else { return }
      #expect(text.utf8.count == 2_000_000)
    }

    @Test(arguments: 1...5)
    func everyProtocolVersionWorks(version: Int) throws {
      try server.options(#"{"maxProtocol":\#(version)}"#)
      let connection = try server.connect("schema=RETAIL")
      defer { connection.close() }
      let rows = try connection.rows("SELECT * FROM T_ALL")
      #expect(rows.count == 4)
      #expect(
        rows[0][8] == .timestamp(WideTimestamp(seconds: 1_718_731_333, nanoseconds: 123_000_000)))
      let tables = try connection.catalog(
        .tables(TableFilter(schema: .exact("RETAIL"), name: .pattern("CUST%")), types: nil))
      #expect(try tables.rows().map { $0[2] } == [.text("CUSTOMER")])
      let columns = try connection.catalog(
        .columns(TableFilter(schema: .exact("RETAIL"), name: .exact("ORDERS")), column: .any))
      #expect(try columns.rows().count == 4)
    }

    @Test(arguments: [
      #"{"attributesForm":"real"}"#, #"{"openTransaction":"boolean"}"#,
      #"{"echoAttributes":false}"#, #"{"heartbeatSeconds":0.05}"#,
    ])
    func uncertainFormsMakeNoDifference(options: String) throws {
      try server.options(options)
      let connection = try server.connect("schema=RETAIL")
      defer { connection.close() }
      _ = try connection.execute("OPEN SCHEMA S")
      #expect(connection.state.schema == "S")
      try connection.setAutocommit(false)
      _ = try connection.execute("OPEN SCHEMA RETAIL")
      try connection.rollback()
      #expect(connection.state.schema == "S")
      #expect(try connection.rows(#"SELECT "$SLEEP"(0.3)"#).count == 1)
    }

    @Test(arguments: [
      #"{"command":"execute","extraBefore":["EXECUTING","FETCHING"]}"#,
      #"{"command":"execute","pongs":5}"#, #"{"command":"execute","fragments":40}"#,
      #"{"command":"execute","delay":0.3,"pongs":2}"#,
    ])
    func signsOfLifeAreNoAnswers(fault: String) throws {
      let connection = try server.connect()
      defer { connection.close() }
      try server.faults(fault)
      #expect(try connection.rows("SELECT 1") == [[.whole(1)]])
      #expect(try connection.rows("SELECT 2") == [[.whole(2)]])
    }
  }
}
