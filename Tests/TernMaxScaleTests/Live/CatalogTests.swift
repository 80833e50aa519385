import Foundation
import TernColumns
import TernCore
import TernDriver
import TernTestKit
import Testing

@testable import TernMaxScale

extension LiveTests {
  @Suite struct Catalogs {
    let server: Standin
    let connection: Connection

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
      connection = try server.connect()
      for sql in [
        "DROP DATABASE IF EXISTS cat", "CREATE DATABASE cat", "USE cat",
        "CREATE TABLE parent(id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(60) NOT NULL "
          + "UNIQUE, price DECIMAL(10,2) DEFAULT 1.5 COMMENT 'in EUR', "
          + "changed TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)) COMMENT='people'",
        "CREATE TABLE child(a INT UNSIGNED, b INT, kind ENUM('x','yy'), KEY ix(b), "
          + "CONSTRAINT fk FOREIGN KEY(a) REFERENCES parent(id) ON DELETE CASCADE)",
        "CREATE TABLE `o'dd_%`(a INT)", "CREATE TABLE Parent2(a INT)",
        "CREATE VIEW seen AS SELECT * FROM parent",
        "CREATE PROCEDURE p(IN a INT, OUT b DECIMAL(8,3)) SET b = a",
        "CREATE FUNCTION f(x VARCHAR(9)) RETURNS BIGINT UNSIGNED RETURN 1",
      ] { try connection.execute(sql).close() }
    }

    private func rows(_ request: CatalogRequest) throws -> [[Value]] {
      try connection.catalog(request).rows()
    }

    private func filter(_ name: NameMatch) -> TableFilter {
      TableFilter(catalog: .exact("cat"), name: name)
    }

    @Test func tablesAndViews() throws {
      let all = try rows(.tables(filter(.any), types: nil))
      #expect(
        all.map { $0[2] } == ["Parent2", "child", "o'dd_%", "parent", "seen"].map { .text($0) })
      #expect(all[3] == [.text("cat"), .null, .text("parent"), .text("TABLE"), .text("people")])
      #expect(try rows(.tables(filter(.any), types: ["view"])).count == 1)
      #expect(try rows(.tables(filter(.exact("o'dd_%")), types: nil)).count == 1)
      #expect(try rows(.tables(filter(.pattern("o'dd\\_\\%")), types: nil)).count == 1)
      #expect(try rows(.tables(filter(.pattern("%ent%")), types: nil)).count == 2)
      #expect(try rows(.tables(filter(.exact("PARENT")), types: nil)).isEmpty)
      #expect(
        try rows(.tables(TableFilter(schema: .exact("x"), name: .exact("parent")), types: nil))
          .isEmpty)
      #expect(try rows(.catalogs).contains { $0[0] == .text("cat") })
      #expect(try rows(.tableTypes).count == 5)
    }

    @Test func columnsAndKeys() throws {
      let columns = try rows(.columns(filter(.exact("parent")), column: .any))
      #expect(columns.map { $0[3] } == ["id", "name", "price", "changed"].map { .text($0) })
      #expect(columns[0][4] == .integer(4) && columns[0][5] == .text("INT UNSIGNED"))
      #expect(columns[1][6] == .integer(60) && columns[1][10] == .integer(0))
      #expect(columns[2][8] == .integer(2) && columns[2][12] == .text("1.50"))
      #expect(columns[2][11] == .text("in EUR"))
      #expect(columns[3][6] == .integer(23) && columns[3][8] == .integer(3))
      #expect(try rows(.columns(filter(.any), column: .pattern("na%"))).count == 2)
      let keys = try rows(.primaryKeys(filter(.exact("parent"))))
      #expect(keys.count == 1 && keys[0][3] == .text("id") && keys[0][5] == .text("PRIMARY"))
      let foreign = try rows(.foreignKeys(primary: nil, foreign: filter(.exact("child"))))
      #expect(foreign.count == 1)
      #expect(foreign[0][3] == .text("id") && foreign[0][7] == .text("a"))
      #expect(foreign[0][10] == .integer(0) && foreign[0][11] == .text("fk"))
      #expect(
        try rows(.foreignKeys(primary: filter(.exact("parent")), foreign: nil)).count == 1)
      let statistics = try rows(.statistics(filter(.exact("child")), uniqueOnly: false))
      #expect(statistics.first?[6] == .integer(0))
      #expect(statistics.contains { $0[5] == .text("ix") && $0[8] == .text("b") })
      let best = try rows(.specialColumns(filter(.exact("parent")), isRowVersion: false))
      #expect(best.map { $0[1] } == [.text("id")])
      let versions = try rows(.specialColumns(filter(.exact("parent")), isRowVersion: true))
      #expect(versions.map { $0[1] } == [.text("changed")])
    }

    @Test func routinesPrivilegesAndTypes() throws {
      #expect(try rows(.procedures(filter(.any))).map { $0[7] } == [.integer(2), .integer(1)])
      let parameters = try rows(.procedureColumns(filter(.exact("p")), column: .any))
      #expect(parameters.map { $0[3] } == [.text("a"), .text("b")])
      #expect(parameters.map { $0[4] } == [.integer(1), .integer(4)])
      let value = try rows(.procedureColumns(filter(.exact("f")), column: .any))
      #expect(value.map { $0[4] } == [.integer(1), .integer(5)])
      #expect(value[1][6] == .text("BIGINT UNSIGNED") && value[1][17] == .integer(0))
      #expect(try rows(.typeInfo(odbcType: 0)).count == 38)
      _ = try rows(.tablePrivileges(filter(.any)))
      _ = try rows(.columnPrivileges(filter(.any), column: .any))
      #expect(try rows(.schemas(catalog: .any, schema: .any)).isEmpty)
    }

    @Test(arguments: Standin.releases)
    func facts(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      let facts = connection.capabilities
      #expect(facts.productName == "MariaDB" && facts.productVersion.hasPrefix("10."))
      #expect(facts.catalogTerm == "database" && facts.schemaTerm.isEmpty)
      #expect(facts.dialect.quoted("a`b") == "`a``b`")
      #expect(connection.state.catalog == "shop" && connection.state.isAutocommit)
    }
  }
}
