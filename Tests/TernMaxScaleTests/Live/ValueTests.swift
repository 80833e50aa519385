import Foundation
import TernColumns
import TernCore
import TernDriver
import TernTestKit
import Testing

@testable import TernMaxScale

extension LiveTests {
  @Suite struct Values {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    @Test(
      "traps 7, 8, 22, 27 and 33: values arrive whole", arguments: Standin.releases)
    func exactValues(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      let rows = try connection.rows(
        """
        SELECT CAST(18446744073709551615 AS UNSIGNED), x'00ff10', '', CONCAT('a',CHAR(0),'b'), \
        CONCAT(CHAR(1),'x'), b'0', CAST(1.5 AS FLOAT), 'åäö€😀', NULL, CAST('x' AS BINARY)
        """)
      #expect(rows.count == 1)
      #expect(rows[0][0] == .unsigned(.max))
      #expect(rows[0][1] == .bytes([0, 255, 16]))
      #expect(rows[0][2] == .text(""))
      #expect(rows[0][3] == .text("a\u{0}b") || rows[0][3] == .bytes([97, 0, 98]))
      #expect(rows[0][7] == .text("åäö€😀"))
      #expect(rows[0][8] == .null)
      #expect(rows[0][9] == .bytes([120]))
    }

    @Test(
      "a table that changes between the question and the query", arguments: ["", " ORDER BY a"])
    func changedTables(order: String) throws {
      let connection = try server.connect()
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE turned(a INT, t VARCHAR(9))").close()
      try connection.execute("INSERT INTO turned VALUES(1, 'x')").close()
      // What the stand-in answers to the query itself is that of a changed table.
      for columns in ["a", "a, t"] {
        try server.faults(
          #"""
          {"request":"query","nth":2,"set":{"/0/metadata/0/type":"BLOB","/0/metadata/0/flags":144}}
          """#)
        let error = #expect(throws: TernError.self) {
          try connection.rows("SELECT \(columns) FROM turned\(order)")
        }
        #expect(error?.sqlState == .invalidCast, "\(error?.description ?? "")")
        try server.reset()
      }
      #expect(try connection.rows("SELECT a, t FROM turned") == [[.integer(1), .text("x")]])
    }

    @Test(arguments: Standin.releases, ["", " ORDER BY c", " LIMIT 5"])
    func typesSurviveTheRewriting(port: String, tail: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute(
        "CREATE OR REPLACE TABLE kinds(b BLOB, u UUID, i INET6, j INET4, e ENUM('x'), s SET('y'), "
          + "c CHAR(3) COLLATE utf8mb4_bin, y YEAR, m TIME(3))"
      ).close()
      try connection.execute(
        "INSERT INTO kinds VALUES(x'00', '123e4567-e89b-12d3-a456-426614174000', '::1', '1.2.3.4', "
          + "'x', 'y', 'abc', 2024, '01:02:03.5')"
      ).close()
      let result = try connection.execute("SELECT * FROM kinds\(tail)")
      #expect(
        result.columns.map(\.sql.typeName)
          == ["BLOB", "UUID", "INET6", "INET4", "ENUM", "SET", "CHAR", "YEAR", "TIME"])
      #expect(
        try result.rows() == [
          [
            .bytes([0]), .text("123e4567-e89b-12d3-a456-426614174000"), .text("::1"),
            .text("1.2.3.4"), .text("x"), .text("y"), .text("abc"), .integer(2_024),
            .time(3_723_500_000_000),
          ]
        ])
    }

    @Test(arguments: Standin.releases)
    func errorsHaveTheirClass(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      for (sql, state) in [
        ("SELEC", "42000"), ("SELECT a FROM nosuch", "42S02"), ("SELECT nosuch", "42S22"),
        ("SIGNAL SQLSTATE '02000'", "HY000"), ("SELECT * FROM (SELECT 1 a, 2 a) t", "42S21"),
      ] {
        let error = #expect(throws: TernError.self) { try connection.execute(sql) }
        #expect(error?.sqlState.text == state, "\(sql): \(error?.description ?? "")")
      }
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
    }
  }
}

extension LiveTests.Values {
  @Test("trap 34: bytes longer than half a packet come in pieces", arguments: Standin.releases)
  func longBytes(port: String) throws {
    let setup = try server.connect(at: port)
    defer { setup.close() }
    // New sessions get the new limit.
    try setup.execute("SET GLOBAL max_allowed_packet=131072").close()
    defer { _ = try? setup.execute("SET GLOBAL max_allowed_packet=16777216") }
    let connection = try server.connect(at: port)
    defer { connection.close() }
    try connection.execute("CREATE OR REPLACE TABLE long_bytes(id INT, b LONGBLOB)").close()
    let half = 131_072 / 2
    for (id, count) in [(1, half - 65), (2, half - 63), (3, 131_000)] {
      try connection.execute(
        "INSERT INTO long_bytes VALUES(\(id), CONCAT(REPEAT(x'00', \(count - 1)), x'ff'))"
      ).close()
    }
    try connection.execute("INSERT INTO long_bytes VALUES(4, NULL), (5, '')").close()
    let rows = try connection.rows("SELECT id, b, b FROM long_bytes ORDER BY id")
    for (row, count) in zip(rows, [half - 65, half - 63, 131_000]) {
      guard case .bytes(let bytes) = row[1] else {
        Issue.record("no bytes")
        continue
      }
      #expect(bytes.count == count && bytes.last == 255 && bytes.dropLast().allSatisfy { $0 == 0 })
      #expect(row[1] == row[2])
    }
    #expect(rows[3][1] == .null && rows[4][1] == .bytes([]))
    // Longer than any that a session with this limit could have made.
    try setup.execute(
      "INSERT INTO long_bytes VALUES(6, REPEAT('x', 400000))"
    ).close()
    let error = #expect(throws: TernError.self) {
      try connection.rows("SELECT b FROM long_bytes WHERE id = 6")
    }
    #expect(error?.kind == .data)
  }

  @Test(
    "traps 29 and 45: years, Booleans, zero dates by option", arguments: Standin.releases)
  func optionsOfTypes(port: String) throws {
    let setup = try server.connect(at: port)
    defer { setup.close() }
    try setup.execute(
      "CREATE OR REPLACE TABLE odd(id INT, d DATE, t DATETIME(3), y YEAR, b BOOL, m TIME)"
    ).close()
    try setup.execute("SET sql_mode='ALLOW_INVALID_DATES'").close()
    try setup.execute(
      "INSERT INTO odd VALUES(1, '0000-00-00', '2024-00-10 01:02:03.004', 0, 1, '-25:00:00')"
    ).close()
    for column in ["d", "t", "m"] {
      let error = #expect(throws: TernError.self) {
        try setup.rows("SELECT \(column) FROM odd")
      }
      #expect(error?.kind == .data && error?.message.contains("zero_date") ?? false)
    }
    #expect(try setup.rows("SELECT y, b FROM odd") == [[.integer(0), .integer(1)]])
    let nulls = try server.connect(
      "zero_date=null&time_as=duration&tinyint1_is_bool=on", at: port)
    defer { nulls.close() }
    #expect(
      try nulls.rows("SELECT d, t, b, m FROM odd") == [
        [.null, .null, .bool(true), .duration(seconds: -90_000, nanoseconds: 0)]
      ])
    let texts = try server.connect("zero_date=text", at: port)
    defer { texts.close() }
    #expect(
      try texts.rows("SELECT d, t FROM odd")
        == [[.text("0000-00-00"), .text("2024-00-10 01:02:03.004")]])
  }

  @Test("trap 38: names beyond the basic plane, and names that occur twice")
  func names() throws {
    let connection = try server.connect()
    defer { connection.close() }
    let result = try connection.execute("SELECT '😀', 1 AS a, 2 AS a, '' AS `x``y`")
    #expect(result.columns.map(\.name).dropFirst() == ["a", "a", "x`y"])
    #expect(try result.rows() == [[.text("😀"), .integer(1), .integer(2), .text("")]])
  }

  @Test(arguments: Standin.releases)
  func asyncAndServerParameters(port: String) throws {
    let connection = try server.connect("async=on&parameters=server&show_warnings=on", at: port)
    defer { connection.close() }
    #expect(try connection.rows("SELECT seq FROM seq_1_to_2000").count == 2_000)
    let statement = connection.makeStatement()
    try statement.prepare("SELECT ? AS a, '?' AS b, ? + 1 AS c FROM seq_1_to_3 LIMIT ?")
    #expect(statement.parameterCount == 3)
    statement.bind(
      try batch(
        [.utf8, .int32, .int32], [[.text("O'Neil \\ \u{0}"), .integer(-5), .integer(2)]]))
    #expect(
      try statement.execute().rows() == [
        [.text("O'Neil \\ \u{0}"), .text("?"), .integer(-4)],
        [.text("O'Neil \\ \u{0}"), .text("?"), .integer(-4)],
      ])
    _ = connection.takeWarnings()
    try connection.execute("DROP TABLE IF EXISTS no_such_table_here").close()
    #expect(connection.takeWarnings().contains { $0.message.hasPrefix("1051:") })
    #expect(try connection.rows("SELECT 1/0") == [[.null]])
    #expect(connection.takeWarnings().contains { $0.message.hasPrefix("1365:") })
    let error = #expect(throws: TernError.self) { try connection.execute("SELEC") }
    #expect(error?.vendorCode == 1064)
    if port == "port" {
      let log = try server.log()
      #expect(log.contains { ($0["target"] as? String)?.contains("async=true") ?? false })
      #expect(log.contains { $0["request"] as? String == "result" })
      #expect(log.contains { $0["request"] as? String == "erase" })
    }
  }

  @Test("traps 15 and 16: an asynchronous query is stopped like another")
  func asyncStops() throws {
    let connection = try server.connect("async=on&query_timeout=300ms")
    defer { connection.close() }
    let error = #expect(throws: TernError.self) { try connection.execute("SELECT SLEEP(30)") }
    #expect(error?.sqlState == .timeout)
    #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
  }

  @Test("trap 14: a token that ends is renewed in time")
  func tokensAreRenewed() throws {
    try server.options(#"{"maxTokenSeconds":2}"#)
    let connection = try server.connect()
    defer { connection.close() }
    try connection.execute("USE information_schema").close()
    let first = try connection.rows("SELECT CONNECTION_ID()")
    let end = Deadline.after(4_000_000_000, .network)
    var ids: Set<Value> = []
    while !end.isOver { ids.insert(try connection.rows("SELECT CONNECTION_ID()")[0][0]) }
    #expect(ids.count > 1 && ids.contains(first[0][0]))
    #expect(try connection.rows("SELECT DATABASE()") == [[.text("information_schema")]])
    try connection.execute("SET @kept = 1").close()
    let late = #expect(throws: TernError.self) {
      let end = Deadline.after(4_000_000_000, .network)
      while !end.isOver { _ = try connection.rows("SELECT @kept") }
    }
    #expect(late?.sqlState == .linkFailure)
    #expect(!connection.isAlive)
  }
}

extension LiveTests.Values {
  @Test(arguments: Standin.releases)
  func snapshotsArePaged(port: String) throws {
    let connection = try server.connect("fetch=snapshot&batch_rows=700", at: port)
    defer { connection.close() }
    try connection.execute("CREATE OR REPLACE TABLE paged(a INT, t VARCHAR(20), b BLOB)").close()
    try connection.execute(
      "INSERT INTO paged SELECT seq, CONCAT('row', CHAR(0), seq), UNHEX(HEX(seq)) "
        + "FROM seq_1_to_3000"
    ).close()
    let result = try connection.execute("SELECT a, t, b, a AS a FROM paged ORDER BY a DESC")
    #expect(result.rowCount == 3_000)
    let first = try #require(try result.nextBatch())
    #expect(first.rowCount == 700)
    // Other statements run between the pages, and what they change does not show.
    try connection.execute("DELETE FROM paged").close()
    var rows = try (0..<first.rowCount).map { try first.row($0) }
    while let batch = try result.nextBatch() {
      for row in 0..<batch.rowCount { rows.append(try batch.row(row)) }
    }
    result.close()
    #expect(rows.count == 3_000)
    #expect(rows.map { $0[0] } == (1...3_000).reversed().map { .integer($0) })
    #expect(rows[0][1] == .text("row\u{0}3000") && rows[0][3] == .integer(3_000))
    #expect(try connection.rows("SELECT a FROM paged") == [])
    #expect(try connection.rows("SELECT 1/0, NULL") == [[.null, .null]])
    let early = try connection.execute("SELECT seq FROM seq_1_to_5000")
    _ = try early.nextBatch()
    early.close()
    let left = #expect(throws: TernError.self) { try connection.rows("SHOW CREATE TABLE _tern_1") }
    #expect(left?.sqlState == .noSuchTable)
    // Before 24.02 the question for the columns needs a temporary table too.
    guard port == "port" else { return }
    try connection.set(.isReadOnly(true))
    let refused = #expect(throws: TernError.self) {
      try connection.rows("SELECT seq FROM seq_1_to_3")
    }
    #expect(refused?.message.contains("fetch=snapshot") ?? false)
  }
}
