import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernMaxScale

/// Types, from what results and declarations say.
struct TypeTests {
  @Test("traps 27, 28 and 29: what a result says of its columns")
  func recordedTypes() throws {
    let exchange = try #require(Recording.named("types.all"))
    guard case .rows(let rows)? = try MaxScaleReply.results(JSONReader(exchange.body))?.first
    else {
      Issue.record("no rows")
      return
    }
    let columns = try #require(rows.columns)
    let types = Dictionary(
      uniqueKeysWithValues: columns.map { ($0.name, MaxScaleType($0)) })
    let expected: [(String, String, DataType)] = [
      ("c_bool", "TINYINT", .int8), ("c_utiny", "TINYINT UNSIGNED", .uint8),
      ("c_usmall", "SMALLINT UNSIGNED", .uint16), ("c_umed", "MEDIUMINT UNSIGNED", .uint32),
      ("c_uint", "INT UNSIGNED", .uint32), ("c_big", "BIGINT", .int64),
      ("c_ubig", "BIGINT UNSIGNED", .uint64),
      ("c_dec", "DECIMAL", .decimal128(precision: 10, scale: 2)),
      ("c_dec65", "DECIMAL", .decimal256(precision: 65, scale: 30)),
      ("c_dec0", "DECIMAL", .decimal128(precision: 20, scale: 0)),
      ("c_udec", "DECIMAL UNSIGNED", .decimal128(precision: 5, scale: 3)),
      ("c_float", "FLOAT", .float32), ("c_double", "DOUBLE", .float64),
      ("c_bit1", "BIT", .bool), ("c_bit8", "BIT", .fixedSizeBinary(1)),
      ("c_bit64", "BIT", .fixedSizeBinary(8)), ("c_date", "DATE", .date32),
      ("c_time6", "TIME", .time64(.microsecond)),
      ("c_dt", "DATETIME", .timestamp(.microsecond, zone: nil)),
      ("c_ts6", "TIMESTAMP", .timestamp(.microsecond, zone: "UTC")), ("c_year", "YEAR", .int16),
      ("c_char", "CHAR", .utf8), ("c_varchar", "VARCHAR", .utf8), ("c_text", "TEXT", .utf8),
      ("c_longtext", "LONGTEXT", .utf8), ("c_blob", "BLOB", .binary),
      ("c_longblob", "LONGBLOB", .binary), ("c_enum", "ENUM", .utf8), ("c_set", "SET", .utf8),
      ("c_uuid", "UUID", .utf8), ("c_inet6", "INET6", .utf8), ("c_inet4", "INET4", .utf8),
      ("c_geom", "GEOMETRY", .binary),
    ]
    for (name, word, dataType) in expected {
      let type = try #require(types[name])
      #expect(type.name == word, "\(name)")
      #expect(type.shape(MaxScaleTypeRules(), isExact: true).type == dataType, "\(name)")
    }
    #expect(types["c_varbinary"]?.isAmbiguous == true && types["c_vbin"]?.isAmbiguous == true)
    let varbinary = try #require(columns.first { $0.name == "c_varbinary" })
    #expect(MaxScaleType(varbinary, isBinary: true).kind == .varbinary)
    #expect(MaxScaleType(varbinary, isBinary: false).kind == .varchar)
  }

  @Test(arguments: [
    ("int(11)", "INT", 10), ("bigint(20) unsigned", "BIGINT UNSIGNED", 20),
    ("int(7) unsigned zerofill", "INT UNSIGNED", 10), ("decimal(10,2)", "DECIMAL", 10),
    ("decimal", "DECIMAL", 10), ("varchar(20)", "VARCHAR", 20), ("varbinary(5)", "VARBINARY", 5),
    ("datetime(3)", "DATETIME", 23), ("datetime", "DATETIME", 19), ("time(6)", "TIME", 15),
    ("enum('small','a,b','it''s')", "ENUM", 5), ("set('a','bb')", "SET", 4),
    ("bit(64)", "BIT", 8), ("longtext", "LONGTEXT", 1_073_741_823), ("tinyblob", "TINYBLOB", 255),
    ("year(4)", "YEAR", 4), ("uuid", "UUID", 36), ("point", "POINT", 2_147_483_647),
    ("double(12,4)", "DOUBLE", 15), ("float(7,3) unsigned", "FLOAT UNSIGNED", 7),
  ])
  func declarations(text: String, name: String, size: Int64) {
    let type = MaxScaleType(declaration: text)
    #expect(type.name == name)
    #expect(type.columnSize == size)
  }

  @Test func everyTypeHasItsRow() {
    let all = MaxScaleTypeInfo.rows(0).rows
    #expect(all.count == 38)
    #expect(all.allSatisfy { $0.count == CatalogShape.typeInfo.columns.count })
    #expect(MaxScaleTypeInfo.rows(ODBCType.numeric).rows.count == 1)
    // Programs leave digits out that the size has no room for.
    #expect(MaxScaleTypeInfo.rows(ODBCType.timestamp).rows.allSatisfy { $0[2] == .integer(26) })
    #expect(MaxScaleTypeInfo.rows(ODBCType.time).rows.map { $0[2] } == [.integer(15)])
    #expect(MaxScaleTypeInfo.rows(ODBCType.varchar).rows.first?.first == .text("VARCHAR"))
    #expect(MaxScaleTypeInfo.rows(ODBCType.wvarchar).rows.first?.first == .text("VARCHAR"))
  }
}
