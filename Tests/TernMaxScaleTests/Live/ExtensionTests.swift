import Foundation
import TernColumns
import TernCore
import TernDriver
import TernTestKit
import Testing

@testable import TernMaxScale

extension LiveTests {
  /// What Arrow's fields say beside the type, and the values that go with it.
  @Suite struct Extensions {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    private func metadata(_ result: ResultSet, _ column: Int, _ key: String) -> String? {
      result.schema.fields[column].metadata.first { $0.key == key }?.value
    }

    private let extensionKey = "ARROW:extension:name"

    @Test(arguments: Standin.releases)
    func uuids(port: String) throws {
      let text = "01234567-89ab-1def-8123-456789abcdef"
      let sql = "SELECT u, n FROM identified"
      let plain = try server.connect(at: port)
      defer { plain.close() }
      try plain.execute("CREATE OR REPLACE TABLE identified(u UUID NOT NULL, n UUID)").close()
      try plain.execute("INSERT INTO identified VALUES('\(text)', NULL)").close()
      let asText = try plain.execute(sql)
      #expect(asText.columns.map(\.dataType) == [.utf8, .utf8])
      #expect(metadata(asText, 0, extensionKey) == nil)
      #expect(asText.columns[0].sql.odbcType == ODBCType.wchar)
      #expect(try asText.rows() == [[.text(text), .null]])
      let connection = try server.connect("uuid_as=uuid", at: port)
      defer { connection.close() }
      let result = try connection.execute(sql)
      #expect(result.columns.map(\.dataType) == [.fixedSizeBinary(16), .fixedSizeBinary(16)])
      #expect(metadata(result, 0, extensionKey) == "arrow.uuid")
      #expect(metadata(result, 0, "mariadb:type")?.lowercased() == "uuid")
      #expect(result.columns[0].sql.odbcType == ODBCType.guid)
      #expect(result.columns[0].sql.columnSize == 36)
      let bytes: [UInt8] = [
        0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x1d, 0xef, 0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd,
        0xef,
      ]
      #expect(try result.rows() == [[.bytes(bytes), .null]])
    }

    /// Little endian, type 1, two doubles; with a SRID its flag and four bytes before them.
    @Test(arguments: Standin.releases, ["fetch=stream", "fetch=snapshot"])
    func geometries(port: String, fetch: String) throws {
      let sql =
        "SELECT ST_GeomFromText('POINT(1 -2)') AS g UNION ALL SELECT "
        + "ST_GeomFromText('POINT(1 -2)', 4326) UNION ALL SELECT NULL UNION ALL SELECT "
        + "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 -2),LINESTRING(0 0,1 1))', 7)"
      let point: [UInt8] = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]
      let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
      let collection: [UInt8] =
        [2, 0, 0, 0, 1, 1, 0, 0, 0] + point + [1, 2, 0, 0, 0, 2, 0, 0, 0]
        + Array(repeating: 0, count: 16) + one + one
      let connection = try server.connect(fetch, at: port)
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE shapes AS \(sql)").close()
      let result = try connection.execute("SELECT g FROM shapes")
      #expect(result.columns[0].dataType == .binary)
      #expect(metadata(result, 0, extensionKey) == "geoarrow.wkb")
      #expect(
        try result.rows() == [
          [.bytes([1, 1, 0, 0, 0] + point)],
          [.bytes([1, 1, 0, 0, 0x20, 0xe6, 0x10, 0, 0] + point)],
          [.null], [.bytes([1, 7, 0, 0, 0x20, 7, 0, 0, 0] + collection)],
        ])
      let raw = try server.connect("geometry_as=raw&\(fetch)", at: port)
      defer { raw.close() }
      let own = try raw.execute("SELECT g FROM shapes")
      #expect(metadata(own, 0, extensionKey) == nil)
      let rows = try own.rows()
      #expect(
        rows == [
          [.bytes([0, 0, 0, 0, 1, 1, 0, 0, 0] + point)],
          [.bytes([0xe6, 0x10, 0, 0, 1, 1, 0, 0, 0] + point)],
          [.null], [.bytes([7, 0, 0, 0, 1, 7, 0, 0, 0] + collection)],
        ])
      // What came out goes in again.
      let statement = raw.makeStatement()
      try statement.prepare("SELECT g = ?, ST_SRID(g) FROM shapes WHERE ST_SRID(g) = 4326")
      let builder = BatchBuilder(Schema([Field("g", .binary)]))
      try builder.append([rows[1][0]])
      statement.bind(try builder.finish())
      #expect(try statement.execute().rows() == [[.integer(1), .integer(4_326)]])
    }

    /// Its digits are more than a packet: the server gives NULL for them.
    @Test("trap 34: a geometry that is too long is an error", arguments: Standin.releases)
    func longGeometries(port: String) throws {
      let connection = try server.connect(at: port)
      defer { connection.close() }
      try connection.execute("CREATE OR REPLACE TABLE longest(g GEOMETRY)").close()
      try connection.execute(
        "INSERT INTO longest SELECT ST_GeomFromWKB(CONCAT(x'0102000000C0270900',"
          + "REPEAT(x'00',16*600000)))"
      ).close()
      #expect(try connection.rows("SELECT g IS NULL FROM longest") == [[.integer(0)]])
      let error = #expect(throws: TernError.self) { try connection.rows("SELECT g FROM longest") }
      #expect(error?.kind == .data, "\(error?.description ?? "")")
      #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
    }

    @Test("what comes as it is has no promise", arguments: ["port", "port2208"])
    func rawBytesAreNoGeometry(port: String) throws {
      let connection = try server.connect("exactness=raw", at: port)
      defer { connection.close() }
      let result = try connection.execute("SELECT POINT(0,0) AS g")
      #expect(metadata(result, 0, extensionKey) == nil)
    }

    @Test(arguments: Standin.releases)
    func valuesOfEnums(port: String) throws {
      let owner = try server.connect(at: port)
      defer { owner.close() }
      try owner.execute(
        "CREATE OR REPLACE TABLE moods(m ENUM('sad','ok','it''s ü') NOT NULL, s SET('a','B'), "
          + "n INT UNSIGNED)"
      ).close()
      try owner.execute("INSERT INTO moods VALUES('it''s ü', 'a,B', 1)").close()
      // The alias is no table's name.
      let sql = "SELECT x.m AS mood, x.s, x.n FROM moods x"
      let connection = try server.connect("enum_values=on", at: port)
      defer { connection.close() }
      let result = try connection.execute(sql)
      #expect(metadata(result, 0, "mariadb:type") == "enum('sad','ok','it''s ü')")
      #expect(metadata(result, 1, "mariadb:type") == "set('a','B')")
      #expect(metadata(result, 2, "mariadb:type")?.lowercased().hasSuffix("unsigned") ?? false)
      #expect(result.columns.map(\.dataType) == [.utf8, .utf8, .uint32])
      #expect(try result.rows() == [[.text("it's ü"), .text("a,B"), .integer(1)]])
      // Elsewhere only the word is known, unless the types come from a table anyway.
      let plain = try owner.execute(sql)
      let isTold = metadata(plain, 0, "mariadb:type")?.hasPrefix("enum(") ?? false
      #expect(isTold == (port != "port"))
      plain.close()
      // Without the right to make tables the values are not known; the rows are.
      let text =
        "maxscale+http://ro:ro-pw@127.0.0.1:\(server["port"])/shop?proxy=off&target=server1"
        + "&http_user=reader&http_password=readerpw&enum_values=on"
      let reader = try Connection(
        try ConnectionTarget(parsing: text, registry: Standin.registry))
      defer { reader.close() }
      let limited = try reader.execute(sql)
      #expect(metadata(limited, 0, "mariadb:type") == "ENUM")
      #expect(try limited.rows().count == 1)
    }
  }
}
