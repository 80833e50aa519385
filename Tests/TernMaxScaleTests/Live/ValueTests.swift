import Foundation
import TernColumns
import TernCore
import TernDriver
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
      "traps 7, 8, 22, 27, 33 and 35: values arrive whole", arguments: Standin.releases)
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
