import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernSnowflake

extension LiveTests {
  @Suite struct Stops {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    private let wait = "call system$wait(60)"

    @Test("trap 35: a deadline stops the statement") func aDeadlineStopsTheStatement() throws {
      let connection = try server.connect("query_timeout=300ms")
      defer { connection.close() }
      let start = Deadline.now
      let error = #expect(throws: TernError.self) { try connection.execute(wait) }
      #expect(error?.kind == .timeout && error?.sqlState == .timeout)
      #expect(Deadline.now - start < 8_000_000_000)
      #expect(try connection.rows("select 1").count == 1)
    }

    @Test("trap 35: a cancel stops the statement", arguments: ["off", "on"])
    func aCancelStopsTheStatement(apart: String) throws {
      let connection = try server.connect("async=\(apart)")
      defer { connection.close() }
      let canceller = try WorkerThread.start("cancel") {
        while !connection.cancel() {}
      }
      let start = Deadline.now
      let error = #expect(throws: TernError.self) { try connection.execute(wait) }
      canceller.join()
      #expect(error?.kind == .cancelled)
      #expect(Deadline.now - start < 8_000_000_000)
      #expect(try connection.rows("select 1").count == 1)
    }

    @Test("trap 36: held requests are asked for again") func aStatementOutlivesItsRequest() throws {
      try server.options(#"{"holdSeconds":0.2}"#)
      let connection = try server.connect()
      defer { connection.close() }
      try connection.execute("call system$wait(1)").close()
      let log = try server.log()
      #expect(log.contains { "\($0)".contains("/result") })
    }

    @Test("trap 8: tokens that expire are renewed, and nothing runs twice")
    func expiryRunsNothingTwice() throws {
      let connection = try server.connect()
      defer { connection.close() }
      try connection.execute("create or replace table once (a number)").close()
      for number in 0..<5 {
        _ = try server.control("POST", "/expire", #"{"what":"tokens"}"#)
        #expect(try connection.execute("insert into once values (\(number))").rowsChanged == 1)
      }
      #expect(try connection.rows("select a from once").count == 5)
    }

    @Test("trap 10: a session that was ended is dead") func endedSessionsAreDead() throws {
      let connection = try server.connect()
      defer { connection.close() }
      _ = try server.control("POST", "/expire", #"{"what":"sessions"}"#)
      let error = #expect(throws: TernError.self) { try connection.execute("select 1") }
      #expect(error?.sqlState == .linkFailure)
      #expect(!connection.isAlive)
    }

    @Test("trap 7: broken answers are asked for again under the same id") func brokenAnswers()
      throws
    {
      let connection = try server.connect()
      defer { connection.close() }
      try connection.execute("create or replace table broken (a number)").close()
      for fault in [#""status":503"#, #""truncate":20"#, #""reset":true"#, #""inProgress":2"#] {
        try server.faults(#"[{"request":"query","nth":1,"times":1,\#(fault)}]"#)
        #expect(
          try connection.execute("insert into broken values (1)").rowsChanged == 1, "\(fault)")
      }
      #expect(try connection.rows("select a from broken").count == 4)
    }
  }

  @Suite struct Catalog {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    @Test func tablesColumnsAndKeys() throws {
      let connection = try server.connect()
      defer { connection.close() }
      try connection.execute("create schema if not exists CAT").close()
      try connection.execute("use schema CAT").close()
      try connection.execute(
        "create or replace table \"Parent_1\" (id number(10,0) not null, t timestamp_ntz(3), primary key (id))"
      ).close()
      try connection.execute(
        "create or replace table child (id number, parent number, "
          + "foreign key (parent) references \"Parent_1\" (id))"
      ).close()
      try connection.execute("create or replace view v as select 1 as x").close()
      let filter = TableFilter(schema: .exact("CAT"))
      let tables = try connection.catalog(.tables(filter, types: nil)).rows()
      #expect(tables.map { $0[2] } == [.text("CHILD"), .text("Parent_1"), .text("V")])
      #expect(tables.map { $0[3] } == [.text("TABLE"), .text("TABLE"), .text("VIEW")])
      let columns = try connection.catalog(
        .columns(TableFilter(schema: .exact("CAT"), name: .pattern("Parent\\_1")), column: .any)
      ).rows()
      #expect(columns.map { $0[3] } == [.text("ID"), .text("T")])
      #expect(columns.map { $0[5] } == [.text("NUMBER"), .text("TIMESTAMP_NTZ")])
      let primary = try connection.catalog(
        .primaryKeys(TableFilter(schema: .exact("CAT"), name: .exact("Parent_1")))
      ).rows()
      #expect(primary.map { $0[3] } == [.text("ID")])
      let foreign = try connection.catalog(
        .foreignKeys(
          primary: nil, foreign: TableFilter(schema: .exact("CAT"), name: .exact("CHILD")))
      ).rows()
      #expect(foreign.map { $0[7] } == [.text("PARENT")])
      let catalogs = try connection.catalog(.catalogs).rows()
      #expect(catalogs.contains { $0[0] == .text("TESTDB") })
      let schemas = try connection.catalog(
        .schemas(catalog: .exact("TESTDB"), schema: .exact("CAT"))
      ).rows()
      #expect(schemas.count == 1)
      #expect(
        try connection.catalog(
          .tables(
            TableFilter(schema: .exact("MISSING")), types: nil)
        ).rows().isEmpty)
      for request in [
        CatalogRequest.tableTypes, .statistics(filter, uniqueOnly: false),
        .specialColumns(filter, isRowVersion: false), .procedures(filter),
        .procedureColumns(filter, column: .any), .tablePrivileges(filter),
        .columnPrivileges(filter, column: .any), .typeInfo(odbcType: 0),
      ] {
        _ = try connection.catalog(request).rows()
      }
    }

    @Test func listsLongerThanOneShow() throws {
      let connection = try server.connect()
      defer { connection.close() }
      try connection.execute("create schema if not exists LONG").close()
      for number in 0..<9 {
        try connection.execute("create or replace table LONG.\"t'\(number)\" (a number, b number)")
          .close()
      }
      try server.options(#"{"showRows":4}"#)
      defer { try? server.reset() }
      let session = try server.session()
      defer { session.close(patience) }
      let catalog = SnowflakeCatalog(
        ask: { sql throws(TernError) in try session.table(sql, patience) },
        current: session.state, showRowCountMax: 4)
      let filter = TableFilter(schema: .exact("LONG"))
      let tables = try catalog.answer(.tables(filter, types: nil))
      #expect(tables.rows.count == 9)
      let columns = try catalog.answer(.columns(filter, column: .any))
      #expect(columns.rows.count == 18)
    }
  }
}
