import Foundation
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// Catalog questions as SQL, and their answers filtered (section 8.2).
struct CatalogTests {
  /// A server that answers as a closure says, and what it was asked.
  private final class Server {
    private(set) var asked: [String] = []
    private let answer: (String) throws(TernError) -> SnowflakeTable

    init(_ answer: @escaping (String) throws(TernError) -> SnowflakeTable) { self.answer = answer }

    func ask(_ sql: String) throws(TernError) -> SnowflakeTable {
      asked.append(sql)
      return try answer(sql)
    }

    func catalog(schema: String? = "S", limit: Int = 10_000) -> SnowflakeCatalog {
      SnowflakeCatalog(
        ask: { sql throws(TernError) in try self.ask(sql) },
        current: SessionState(catalog: "DB", schema: schema), showRowCountMax: limit)
    }
  }

  private static let objects = [
    "created_on", "name", "database_name", "schema_name", "kind", "comment",
  ]

  private func texts(_ rows: CatalogRows, _ count: Int) -> [[String]] {
    rows.rows.map { row in
      row.prefix(count).map { value in
        switch value {
        case .null: "-"
        case .integer(let number): "\(number)"
        case .text(let text): text
        }
      }
    }
  }

  @Test(
    "trap 49: names from a caller cannot leave their literal or quotes",
    arguments: [
      (
        TableFilter(catalog: .exact("D\""), schema: .exact("S'"), name: .exact("a'\\b")),
        "SHOW OBJECTS LIKE 'a''_b' IN SCHEMA \"D\"\"\".\"S'\""
      ),
      (
        TableFilter(catalog: .pattern("%"), name: .pattern("t\\_%x\\\\'")),
        "SHOW OBJECTS LIKE 't_%x_''' IN ACCOUNT"
      ),
      (TableFilter(), "SHOW OBJECTS IN DATABASE \"DB\""),
      (TableFilter(schema: .pattern("A\\_B")), "SHOW OBJECTS IN SCHEMA \"DB\".\"A_B\""),
      (TableFilter(schema: .pattern("A_B")), "SHOW OBJECTS IN DATABASE \"DB\""),
      (
        TableFilter(schema: .exact("A_B"), name: .pattern("x\\")),
        "SHOW OBJECTS LIKE 'x_' IN SCHEMA \"DB\".\"A_B\""
      ),
    ])
  func trap49Questions(filter: TableFilter, sql: String) throws {
    let server = Server { _ in SnowflakeTable(Self.objects, []) }
    _ = try server.catalog().answer(.tables(filter, types: nil))
    #expect(server.asked == [sql])
  }

  @Test func tablesAreFilteredHereAgain() throws {
    let server = Server { _ in
      SnowflakeTable(
        Self.objects,
        [
          ["", "T_1", "DB", "S", "TABLE", ""], ["", "t_1", "DB", "S", "TABLE", "no"],
          ["", "TX1", "DB", "S", "TABLE", nil], ["", "T_1", "OTHER", "S", "TABLE", "no"],
          ["", "T_1", "DB", "Z", "MATERIALIZED VIEW", "c"],
          ["", "T_1", "DB", "Q", "TRANSIENT", "d"],
        ])
    }
    let all = try server.catalog().answer(
      .tables(TableFilter(name: .pattern("T\\_1")), types: nil))
    #expect(
      texts(all, 5) == [
        ["DB", "S", "T_1", "TABLE", "-"], ["DB", "Z", "T_1", "VIEW", "c"],
        ["DB", "Q", "T_1", "TABLE", "d"],
      ])
    let views = try server.catalog().answer(
      .tables(TableFilter(name: .exact("T_1")), types: ["view", "SYSTEM TABLE"]))
    #expect(texts(views, 4) == [["DB", "Z", "T_1", "VIEW"]])
    let count = server.asked.count
    for question in [
      CatalogRequest.tables(TableFilter(), types: ["SYSTEM TABLE"]),
      .tables(TableFilter(), types: []), .tables(TableFilter(catalog: .exact("")), types: nil),
      .tables(TableFilter(schema: .pattern("")), types: nil),
      .columns(TableFilter(name: .exact("")), column: .any),
      .primaryKeys(TableFilter(schema: .exact(""))),
      .foreignKeys(primary: nil, foreign: TableFilter(name: .exact(""))),
    ] {
      #expect(try server.catalog().answer(question).rows.isEmpty)
    }
    #expect(server.asked.count == count)
  }

  @Test func missingObjectsAreNoError() throws {
    for (state, code) in [("42S02", 2_003), ("02000", 2_043), ("42000", 2_003)] as [(String, Int32)]
    {
      let server = Server { _ throws(TernError) in
        throw TernError(.sql, SQLState(state) ?? .general, "gone", vendorCode: code)
      }
      #expect(try server.catalog().answer(.primaryKeys(TableFilter())).rows.isEmpty)
    }
    let broken = Server { _ throws(TernError) in
      throw TernError(.sql, SQLState("42000") ?? .general, "syntax error", vendorCode: 1_003)
    }
    #expect(throws: TernError.self) { try broken.catalog().answer(.catalogs) }
  }

  @Test func listsThatShowCutsGoOnBehindTheirLastName() throws {
    let names = (0..<10).map { "T'\($0)" }
    let server = Server { sql in
      let from = sql.components(between: "FROM '", and: "'").map {
        $0.replacing("''", with: "'")
      }
      let rest = names.filter { name in from.map { name > $0 } ?? true }
      return SnowflakeTable(
        Self.objects, rest.prefix(4).map { ["", $0, "DB", "S", "TABLE", nil] })
    }
    let filter = TableFilter(schema: .exact("S"))
    let rows = try server.catalog(limit: 4).answer(.tables(filter, types: nil))
    #expect(texts(rows, 3).map { $0[2] } == names)
    #expect(
      server.asked == [
        "SHOW OBJECTS IN SCHEMA \"DB\".\"S\"",
        "SHOW OBJECTS IN SCHEMA \"DB\".\"S\" LIMIT 4 FROM 'T''3'",
        "SHOW OBJECTS IN SCHEMA \"DB\".\"S\" LIMIT 4 FROM 'T''7'",
      ])
  }

  @Test func aServerThatRepeatsItselfIsNotAskedForEver() throws {
    let server = Server { _ in
      SnowflakeTable(Self.objects, ["A", "B"].map { ["", $0, "DB", "S", "TABLE", nil] })
    }
    let rows = try server.catalog(limit: 2).answer(
      .tables(TableFilter(schema: .exact("S")), types: nil))
    #expect(rows.rows.count == 2)
    #expect(server.asked.count == 2)
  }

  @Test func wideListsThatShowCutsAreAskedForInNarrowerScopes() throws {
    let server = Server { sql in
      switch sql {
      case "SHOW COLUMNS IN ACCOUNT", "SHOW COLUMNS IN DATABASE \"D\"",
        "SHOW COLUMNS IN SCHEMA \"D\".\"S1\"":
        SnowflakeTable(["x"], [[nil], [nil], [nil]])
      case "SHOW DATABASES IN ACCOUNT":
        SnowflakeTable(["name", "kind"], [["D", "STANDARD"]])
      case "SHOW SCHEMAS IN DATABASE \"D\"":
        SnowflakeTable(["name", "database_name"], [["S1", "D"], ["S2", "D"]])
      case "SHOW OBJECTS IN SCHEMA \"D\".\"S1\"":
        SnowflakeTable(Self.objects, [["", "T", "D", "S1", "TABLE", nil]])
      case "SHOW COLUMNS IN TABLE \"D\".\"S1\".\"T\"", "SHOW COLUMNS IN SCHEMA \"D\".\"S2\"":
        SnowflakeTable(
          [
            "database_name", "schema_name", "table_name", "column_name", "data_type", "default",
            "null?", "comment", "autoincrement",
          ],
          [
            [
              "D", sql.contains("S1") ? "S1" : "S2", "T", "C",
              "{\"type\":\"FIXED\",\"precision\":5,\"scale\":2,\"nullable\":false}", "1", "false",
              "", "",
            ]
          ])
      default: SnowflakeTable(["unexpected"], [[sql]])
      }
    }
    let rows = try server.catalog(limit: 3).answer(
      .columns(TableFilter(catalog: .pattern("%")), column: .any))
    #expect(texts(rows, 4) == [["D", "S1", "T", "C"], ["D", "S2", "T", "C"]])
  }

  @Test func columnsKeepTheirPlaces() throws {
    let names = [
      "table_name", "schema_name", "column_name", "data_type", "null?", "default",
      "comment", "database_name", "autoincrement",
    ]
    func row(_ table: String, _ column: String, _ type: String) -> [String?] {
      [table, "S", column, type, "true", "", "", "DB", "IDENTITY START 1"]
    }
    let server = Server { _ in
      SnowflakeTable(
        names,
        [
          row("T", "A", "{\"type\":\"TEXT\",\"length\":20,\"byteLength\":80,\"nullable\":true}"),
          row(
            "T", "B", "{\"type\":\"TIMESTAMP_NTZ\",\"precision\":0,\"scale\":3,\"nullable\":false}"),
          row("U", "B", "not JSON"),
        ])
    }
    let rows = try server.catalog().answer(
      .columns(TableFilter(schema: .exact("S")), column: .exact("B")))
    #expect(server.asked == ["SHOW COLUMNS IN SCHEMA \"DB\".\"S\""])
    let shown = texts(rows, 18)
    #expect(shown.map { $0[2] } == ["T", "U"])
    #expect(shown.map { $0[4] } == ["93", "-9"])
    #expect(shown.map { $0[5] } == ["TIMESTAMP_NTZ", "UNKNOWN"])
    #expect(shown.map { $0[10] } == ["0", "1"])
    #expect(shown.map { $0[16] } == ["2", "1"])
    let exact = Server { _ in SnowflakeTable(names, []) }
    _ = try exact.catalog().answer(
      .columns(TableFilter(schema: .exact("S"), name: .exact("T")), column: .any))
    #expect(exact.asked == ["SHOW COLUMNS IN TABLE \"DB\".\"S\".\"T\""])
  }

  @Test func keys() throws {
    let server = Server { sql in
      sql.contains("PRIMARY")
        ? SnowflakeTable(
          [
            "database_name", "schema_name", "table_name", "column_name", "key_sequence",
            "constraint_name",
          ], [["DB", "S", "T", "ID", "1", "PK"]])
        : SnowflakeTable(
          [
            "pk_database_name", "pk_schema_name", "pk_table_name", "pk_column_name",
            "fk_database_name", "fk_schema_name", "fk_table_name", "fk_column_name",
            "key_sequence", "update_rule", "delete_rule", "fk_name", "pk_name", "deferrability",
          ],
          [
            [
              "DB", "S", "T", "ID", "DB", "S", "U", "T_ID", "1", "NO ACTION", "CASCADE", "FK", "PK",
              "NOT DEFERRABLE",
            ],
            [
              "DB", "S", "T", "ID", "DB", "S", "V", "T_ID", "1", "NO ACTION", "CASCADE", "FK", "PK",
              "NOT DEFERRABLE",
            ],
          ])
    }
    let table = TableFilter(schema: .exact("S"), name: .exact("T"))
    #expect(
      texts(try server.catalog().answer(.primaryKeys(table)), 6)
        == [["DB", "S", "T", "ID", "1", "PK"]])
    let both = try server.catalog().answer(
      .foreignKeys(primary: table, foreign: TableFilter(name: .exact("V"))))
    #expect(
      texts(both, 14) == [
        ["DB", "S", "T", "ID", "DB", "S", "V", "T_ID", "1", "3", "0", "FK", "PK", "7"]
      ])
    _ = try server.catalog().answer(.foreignKeys(primary: nil, foreign: table))
    #expect(
      server.asked == [
        "SHOW PRIMARY KEYS IN TABLE \"DB\".\"S\".\"T\"",
        "SHOW EXPORTED KEYS IN TABLE \"DB\".\"S\".\"T\"",
        "SHOW IMPORTED KEYS IN TABLE \"DB\".\"S\".\"T\"",
      ])
  }

  @Test func procedures() throws {
    let server = Server { _ in
      SnowflakeTable(
        ["database_name", "schema_name", "name", "ARGUMENT_SIGNATURE", "data_type", "comment"],
        [
          ["DB", "S", "P", "(A VARCHAR, B NUMBER(10,2))", "TABLE (X DATE)", "c"],
          ["DB", "S", "Q", "()", "FLOAT", nil],
        ])
    }
    let rows = try server.catalog().answer(.procedures(TableFilter()))
    #expect(
      texts(rows, 8) == [
        ["DB", "S", "P", "2", "0", "1", "c", "2"], ["DB", "S", "Q", "0", "0", "0", "-", "2"],
      ])
    let columns = try server.catalog().answer(
      .procedureColumns(TableFilter(name: .pattern("%")), column: .pattern("%")))
    #expect(
      texts(columns, 7).map { [$0[2], $0[3], $0[4], $0[6]] } == [
        ["P", "X", "3", "DATE"], ["P", "A", "1", "VARCHAR"], ["P", "B", "1", "NUMBER"],
        ["Q", "", "5", "FLOAT"],
      ])
    #expect(texts(columns, 18).map { $0[17] } == ["1", "1", "2", "0"])
  }

  @Test func typeInfoIsSortedAndUnique() {
    let rows = SnowflakeTypeInfo.rows(0).rows
    let codes = rows.compactMap { row -> Int64? in
      if case .integer(let code) = row[1] { return code }
      return nil
    }
    #expect(codes == codes.sorted() && codes.count == rows.count)
    #expect(Set(rows.map { $0[0] }).count == rows.count)
    for code in [1, 2, 3, 4, 5, 6, 7, 8, 12, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, 91, 92, 93]
      as [Int16]
    {
      let some = SnowflakeTypeInfo.rows(code).rows
      #expect(!some.isEmpty, "\(code)")
      #expect(some.allSatisfy { $0[1] == .integer(Int64(code)) })
    }
    #expect(SnowflakeTypeInfo.rows(999).rows.isEmpty)
  }

  @Test func schemasAndCatalogs() throws {
    let server = Server { sql in
      sql.contains("DATABASES")
        ? SnowflakeTable(
          ["name", "kind"], [["A", "STANDARD"], ["USER$X", "PERSONAL DATABASE"], ["b", nil]])
        : SnowflakeTable(
          ["name", "database_name"], [["S1", "A"], ["S2", "A"], ["S1", "b"]])
    }
    #expect(texts(try server.catalog().answer(.catalogs), 1) == [["A"], ["b"]])
    #expect(
      texts(try server.catalog().answer(.schemas(catalog: .any, schema: .exact("S1"))), 2)
        == [["A", "S1"], ["b", "S1"]])
    #expect(
      texts(try server.catalog().answer(.schemas(catalog: .exact("b"), schema: .any)), 2)
        == [["b", "S1"]])
    #expect(
      server.asked == [
        "SHOW DATABASES IN ACCOUNT", "SHOW SCHEMAS LIKE 'S1' IN ACCOUNT",
        "SHOW SCHEMAS IN DATABASE \"b\"",
      ])
  }
}

extension String {
  fileprivate func components(between open: String, and close: String) -> String? {
    guard let start = range(of: open)?.upperBound, let end = lastIndex(of: Character(close)),
      start <= end
    else { return nil }
    return String(self[start..<end])
  }
}
