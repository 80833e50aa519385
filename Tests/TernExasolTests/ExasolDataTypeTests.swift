import TernColumns
import TernDriver
import Testing

@testable import TernExasol

/// Types as servers describe and declare them (Exasol reference, sections 3.1, 3.5 and 7.2).
@Suite struct ExasolDataTypeTests {
  struct Row: Sendable {
    let json: String
    let type: DataType
    let odbcType: Int16
    let size: Int64?
    let digits: Int16?
    let declaration: String
  }

  static let rows: [Row] = [
    Row(
      json: #"{"type":"BOOLEAN"}"#, type: .bool, odbcType: -7, size: 1, digits: 0,
      declaration: "BOOLEAN"),
    Row(
      json: #"{"type":"CHAR","size":5,"characterSet":"ASCII"}"#, type: .utf8, odbcType: 1, size: 5,
      digits: nil, declaration: "CHAR(5) ASCII"),
    Row(
      json: #"{"type":"CHAR","size":5,"characterSet":"UTF8"}"#, type: .utf8, odbcType: -8, size: 5,
      digits: nil, declaration: "CHAR(5) UTF8"),
    Row(
      json: #"{"characterSet":"UTF8","size":2000000,"type":"VARCHAR"}"#, type: .utf8, odbcType: -9,
      size: 2_000_000, digits: nil, declaration: "VARCHAR(2000000) UTF8"),
    Row(
      json: #"{"type":"VARCHAR","size":9,"characterSet":"ASCII"}"#, type: .utf8, odbcType: 12,
      size: 9, digits: nil, declaration: "VARCHAR(9) ASCII"),
    Row(
      json: #"{"type":"DECIMAL","precision":18,"scale":0}"#,
      type: .decimal128(precision: 18, scale: 0), odbcType: 3, size: 18, digits: 0,
      declaration: "DECIMAL(18,0)"),
    Row(
      json: #"{"type":"DECIMAL","precision":36,"scale":36}"#,
      type: .decimal128(precision: 36, scale: 36), odbcType: 3, size: 36, digits: 36,
      declaration: "DECIMAL(36,36)"),
    Row(
      json: #"{"type":"DECIMAL"}"#, type: .decimal128(precision: 36, scale: 0), odbcType: 3,
      size: 36, digits: 0, declaration: "DECIMAL(36,0)"),
    Row(
      json: #"{"type":"DOUBLE"}"#, type: .float64, odbcType: 8, size: 15, digits: nil,
      declaration: "DOUBLE"),
    Row(
      json: #"{"type":"DATE","size":4}"#, type: .date32, odbcType: 91, size: 10, digits: nil,
      declaration: "DATE"),
    Row(
      json: #"{"type":"TIMESTAMP","precision":0,"withLocalTimeZone":false}"#,
      type: .timestamp(.second, zone: nil), odbcType: 93, size: 19, digits: 0,
      declaration: "TIMESTAMP(0)"),
    Row(
      json: #"{"type":"TIMESTAMP","precision":3}"#, type: .timestamp(.millisecond, zone: nil),
      odbcType: 93, size: 23, digits: 3, declaration: "TIMESTAMP(3)"),
    Row(
      json: #"{"type":"TIMESTAMP","size":8,"withLocalTimeZone":false}"#,
      type: .timestamp(.microsecond, zone: nil), odbcType: 93, size: 26, digits: 6,
      declaration: "TIMESTAMP"),
    Row(
      json: #"{"type":"TIMESTAMP","precision":9}"#, type: .wideTimestamp(digits: 9, zone: nil),
      odbcType: 93, size: 29, digits: 9, declaration: "TIMESTAMP(9)"),
    Row(
      json: #"{"withLocalTimeZone":true,"type":"TIMESTAMP WITH LOCAL TIME ZONE","precision":6}"#,
      type: .timestamp(.microsecond, zone: nil), odbcType: 93, size: 26, digits: 6,
      declaration: "TIMESTAMP(6) WITH LOCAL TIME ZONE"),
    Row(
      json: #"{"type":"INTERVAL YEAR TO MONTH","size":6,"precision":8}"#, type: .intervalMonths,
      odbcType: 107, size: 11, digits: 0, declaration: "INTERVAL YEAR(8) TO MONTH"),
    Row(
      json: #"{"type":"INTERVAL DAY TO SECOND","precision":2,"fraction":3}"#,
      type: .duration(.millisecond), odbcType: 110, size: 15, digits: 3,
      declaration: "INTERVAL DAY(2) TO SECOND(3)"),
    Row(
      json: #"{"type":"INTERVAL DAY TO SECOND","precision":8,"fraction":6}"#,
      type: .duration(.microsecond), odbcType: 110, size: 24, digits: 6,
      declaration: "INTERVAL DAY(8) TO SECOND(6)"),
    Row(
      json: #"{"type":"INTERVAL DAY TO SECOND","precision":5,"fraction":9}"#,
      type: .duration(.nanosecond), odbcType: 110, size: 24, digits: 9,
      declaration: "INTERVAL DAY(5) TO SECOND(9)"),
    Row(
      json: #"{"type":"INTERVAL DAY TO SECOND","precision":9,"fraction":9}"#,
      type: .intervalMonthDayNano, odbcType: 110, size: 28, digits: 9,
      declaration: "INTERVAL DAY(9) TO SECOND(9)"),
    Row(
      json: #"{"type":"INTERVAL DAY TO SECOND","precision":9,"fraction":0}"#,
      type: .duration(.millisecond), odbcType: 110, size: 18, digits: 0,
      declaration: "INTERVAL DAY(9) TO SECOND(0)"),
    Row(
      json: #"{"type":"GEOMETRY","size":2000000,"srid":4326}"#, type: .utf8, odbcType: -9,
      size: 2_000_000, digits: nil, declaration: "GEOMETRY(4326)"),
    Row(
      json: #"{"type":"HASHTYPE","size":32}"#, type: .utf8, odbcType: 12, size: 32, digits: nil,
      declaration: "HASHTYPE(16 BYTE)"),
    Row(
      json: #"{"type":"BRAND NEW","size":3,"extra":{"a":[1]}}"#, type: .utf8, odbcType: -9, size: 3,
      digits: nil, declaration: "BRAND NEW"),
  ]

  @Test(arguments: rows)
  func describedTypesMap(row: Row) throws {
    let type = try ExasolDataType(reading: JSONReader(Array(row.json.utf8)))
    let column = type.description("C", ExasolTypeOptions())
    #expect(column.dataType == row.type)
    #expect(column.sql.odbcType == row.odbcType)
    #expect(column.sql.columnSize == row.size)
    #expect(column.sql.decimalDigits == row.digits)
    #expect(column.sql.isNullable == nil, "servers do not tell")
    #expect(type.declaration == row.declaration)
    #expect(String(decoding: type.json, as: UTF8.self) == row.json, "echoed unchanged")
  }

  @Test(arguments: [
    "DECIMAL(18,0)", "DECIMAL(18,2)", "DOUBLE", "VARCHAR(255) UTF8", "CHAR(5) ASCII", "BOOLEAN",
    "DATE", "TIMESTAMP", "TIMESTAMP(3)", "TIMESTAMP(3) WITH LOCAL TIME ZONE",
    "TIMESTAMP WITH LOCAL TIME ZONE", "INTERVAL YEAR(2) TO MONTH", "INTERVAL DAY(2) TO SECOND(3)",
    "GEOMETRY(4326)", "GEOMETRY", "HASHTYPE(16 BYTE)",
  ])
  func declarationsReadBack(text: String) {
    #expect(ExasolDataType(declaration: text).declaration == text)
  }

  @Test(arguments: [
    "", "(", ")", "DECIMAL(", "DECIMAL(99999999999999999999)", "VARCHAR(-1)", "HASHTYPE()",
    "DECIMAL(1,2,3,4)", "INTERVAL DAY() TO SECOND()", "🦆(1)", "HASHTYPE(9223372036854775807 BYTE)",
  ])
  func strangeDeclarationsNeverTrap(text: String) {
    let type = ExasolDataType(declaration: text)
    _ = type.description("", ExasolTypeOptions())
    _ = type.declaration
  }

  @Test(arguments: [
    #"{"type":"DECIMAL","precision":-1,"scale":99}"#, #"{"type":"TIMESTAMP","precision":99}"#,
    #"{"type":"DECIMAL","precision":1e99}"#, #"{"type":"CHAR","size":-5}"#,
    #"{"type":"INTERVAL DAY TO SECOND","precision":-9,"fraction":999999999999}"#,
    #"{"type":"HASHTYPE","size":-9223372036854775808}"#, #"{"type":null}"#, "{}",
  ])
  func strangePropertiesNeverTrap(json: String) throws {
    let type = try ExasolDataType(reading: JSONReader(Array(json.utf8)))
    _ = type.description("", ExasolTypeOptions())
    _ = type.declaration
  }

  @Test func optionsChangeMappings() {
    var options = ExasolTypeOptions(decimalAsInteger: true, isLocalZoneInstant: true)
    var whole = ExasolDataType("DECIMAL")
    (whole.precision, whole.scale) = (18, 0)
    #expect(whole.description("", options).dataType == .int64)
    #expect(whole.description("", options).sql.odbcType == ODBCType.bigint)
    whole.precision = 19
    #expect(whole.description("", options).dataType == .decimal128(precision: 19, scale: 0))
    var local = ExasolDataType("TIMESTAMP WITH LOCAL TIME ZONE")
    local.precision = 3
    #expect(local.description("", options).dataType == .timestamp(.millisecond, zone: "UTC"))
    // Trap 30: without the option nothing is called UTC.
    #expect(
      local.description("", ExasolTypeOptions()).dataType == .timestamp(.millisecond, zone: nil))
    options.intervalAsText = true
    for (text, size) in [("INTERVAL YEAR(9) TO MONTH", 13), ("INTERVAL DAY(2) TO SECOND(3)", 16)] {
      let column = ExasolDataType(declaration: text).description("", options)
      #expect(column.dataType == .utf8 && column.sql.odbcType == ODBCType.char)
      #expect(column.sql.columnSize == Int64(size) && column.sql.typeName.hasPrefix("INTERVAL"))
    }
  }

  @Test func geometryIsMarkedForArrow() throws {
    let json = #"{"type":"GEOMETRY","srid":4326}"#
    let type = try ExasolDataType(reading: JSONReader(Array(json.utf8)))
    let metadata = type.description("", ExasolTypeOptions()).metadata
    #expect(metadata.contains { $0.key == "ARROW:extension:name" && $0.value == "geoarrow.wkt" })
    #expect(metadata.contains { $0.key == "exasol:srid" && $0.value == "4326" })
  }
}
