import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernSnowflake

/// What front doors are told of each logical type.
struct TypeTests {
  private struct Row {
    let rowtype: String
    let dataType: DataType
    let name: String
    let declaration: String
    let odbcType: Int16
    let size: Int64?
    let digits: Int16?

    init(
      _ rowtype: String, _ dataType: DataType, _ name: String, _ declaration: String,
      _ odbcType: Int16, _ size: Int64?, _ digits: Int16?
    ) {
      self.rowtype = rowtype
      self.dataType = dataType
      self.name = name
      self.declaration = declaration
      self.odbcType = odbcType
      self.size = size
      self.digits = digits
    }
  }

  /// In time that grows with the parts, not with their square: this would take many minutes.
  @Test func objectsOfVeryManyParts() throws {
    var part = SnowflakeColumn("P", type: "fixed")
    part.precision = 9
    var object = SnowflakeColumn("O", type: "object")
    object.fields = Array(repeating: part, count: 20_000)
    let layout = SnowflakeLayout([object], SnowflakeTypeOptions())
    #expect(layout.columns[0].sql.typeName == "OBJECT")
    #expect(SnowflakeType(object, SnowflakeTypeOptions()).declaration.hasSuffix("P NUMBER(9,0))"))
  }

  private static let rows = [
    Row(
      #""type":"fixed","precision":10,"scale":2"#, .decimal128(precision: 10, scale: 2), "NUMBER",
      "NUMBER(10,2)", 3, 10, 2),
    Row(#""type":"real""#, .float64, "FLOAT", "FLOAT", 8, 15, nil),
    Row(#""type":"decfloat","precision":38"#, .utf8, "DECFLOAT", "DECFLOAT", 2, 38, nil),
    Row(#""type":"text","length":20"#, .utf8, "VARCHAR", "VARCHAR(20)", -9, 20, nil),
    Row(#""type":"text""#, .utf8, "VARCHAR", "VARCHAR", -9, 16_777_216, nil),
    Row(#""type":"binary","length":8"#, .binary, "BINARY", "BINARY(8)", -2, 8, nil),
    Row(#""type":"boolean""#, .bool, "BOOLEAN", "BOOLEAN", -7, 1, nil),
    Row(#""type":"date""#, .date32, "DATE", "DATE", 91, 10, nil),
    Row(#""type":"time","scale":0"#, .time32(.second), "TIME", "TIME(0)", 92, 8, 0),
    Row(#""type":"time","scale":3"#, .time32(.millisecond), "TIME", "TIME(3)", 92, 12, 3),
    Row(#""type":"time","scale":9"#, .time64(.nanosecond), "TIME", "TIME(9)", 92, 18, 9),
    Row(
      #""type":"timestamp_ntz","scale":0"#, .timestamp(.second, zone: nil), "TIMESTAMP_NTZ",
      "TIMESTAMP_NTZ(0)", 93, 19, 0),
    Row(
      #""type":"timestamp_ntz","scale":9"#, .wideTimestamp(digits: 9, zone: nil), "TIMESTAMP_NTZ",
      "TIMESTAMP_NTZ(9)", 93, 29, 9),
    Row(
      #""type":"timestamp_ltz","scale":6"#, .timestamp(.microsecond, zone: "Europe/Rome"),
      "TIMESTAMP_LTZ", "TIMESTAMP_LTZ(6)", 93, 26, 6),
    Row(
      #""type":"timestamp_tz","scale":3"#, .wideTimestamp(digits: 3, zone: "UTC"), "TIMESTAMP_TZ",
      "TIMESTAMP_TZ(3)", 93, 23, 3),
    Row(#""type":"variant""#, .utf8, "VARIANT", "VARIANT", -9, 16_777_216, nil),
    Row(#""type":"array""#, .utf8, "ARRAY", "ARRAY", -9, 16_777_216, nil),
    Row(
      #""type":"array","fields":[{"type":"fixed","precision":5}]"#,
      .list(
        Field(
          "item", .decimal128(precision: 5, scale: 0),
          metadata: [MetadataEntry("snowflake:type", "NUMBER(5,0)")])), "ARRAY",
      "ARRAY(NUMBER(5,0))", -9, 16_777_216, nil),
    Row(
      #""type":"vector","vectorDimension":3,"fields":[{"type":"real"}]"#,
      .fixedSizeList(Field("item", .float32, isNullable: false), count: 3), "VECTOR",
      "VECTOR(FLOAT, 3)", -9, 16_777_216, nil),
    Row(
      #""type":"interval_year_month","precision":5"#, .intervalMonths, "INTERVAL YEAR TO MONTH",
      "INTERVAL YEAR TO MONTH", 107, 12, 0),
    Row(
      #""type":"interval_day_time","precision":147,"scale":9"#, .duration(.nanosecond),
      "INTERVAL DAY TO SECOND", "INTERVAL DAY TO SECOND", 110, 28, 9),
    Row(
      #""type":"interval_day_time","precision":153,"scale":9"#, .intervalMonthDayNano,
      "INTERVAL DAY TO SECOND", "INTERVAL DAY TO SECOND", 110, 28, 9),
    Row(#""type":"file""#, .utf8, "FILE", "FILE", -9, 16_777_216, nil),
    Row(#""type":"""#, .utf8, "VARCHAR", "VARCHAR", -9, 16_777_216, nil),
  ]

  @Test(arguments: rows.indices)
  func everyTypeIsDescribed(_ index: Int) throws {
    let row = Self.rows[index]
    var options = SnowflakeTypeOptions()
    options.zone = "Europe/Rome"
    let reader = try JSONReader(Array("{\"name\":\"C\",\(row.rowtype)}".utf8))
    let type = SnowflakeType(try SnowflakeColumn(reading: reader), options)
    let description = type.description
    #expect(description.name == "C" && description.dataType == row.dataType)
    #expect(description.sql.typeName == row.name)
    #expect(description.metadata == [MetadataEntry("snowflake:type", row.declaration)])
    #expect(description.sql.odbcType == row.odbcType && description.sql.columnSize == row.size)
    #expect(description.sql.decimalDigits == row.digits)
    // Fields promise nothing about NULL.
    #expect(description.field.isNullable)
  }

  @Test func originsAndFlagsAreKept() throws {
    let text =
      #"{"name":"A","database":"D","schema":"S","table":"T","type":"fixed","precision":3,"#
      + #""scale":0,"nullable":false,"isAutoIncrement":true}"#
    let reader = try JSONReader(Array(text.utf8))
    var options = SnowflakeTypeOptions()
    options.decimalAsInteger = true
    let description = SnowflakeType(try SnowflakeColumn(reading: reader), options).description
    #expect(description.origin == ColumnOrigin(catalog: "D", schema: "S", table: "T"))
    #expect(description.sql.isNullable == false && description.sql.isAutoIncrement)
    #expect(description.dataType == .int64 && description.sql.odbcType == ODBCType.bigint)
    #expect(description.sql.columnSize == 19)
  }
}
