import TernColumns
import TernCore
import Testing

@testable import TernMaxScale

/// Values as literals.
struct LiteralTests {
  private func literal(_ value: Value, _ type: DataType, isUTC: Bool = true) throws -> String {
    let builder = ColumnBuilder(type)
    try builder.append(value)
    let literals = MaxScaleLiterals(isUTC: isUTC)
    return String(decoding: try literals.literal(try builder.finish(), 0), as: UTF8.self)
  }

  @Test(arguments: [
    ("O'Neil", "'O''Neil'"), ("", "''"), ("C:\\x", "_utf8mb4 x'433a5c78'"),
    ("a\u{0}b", "_utf8mb4 x'610062'"), ("'; DROP TABLE t; -- ", "'''; DROP TABLE t; -- '"),
    ("😀\"`", "'😀\"`'"),
  ])
  func texts(value: String, expected: String) throws {
    #expect(try literal(.text(value), .utf8) == expected)
  }

  @Test func everyOtherType() throws {
    #expect(try literal(.null, .int64) == "NULL")
    #expect(try literal(.bool(true), .bool) == "TRUE")
    #expect(try literal(.integer(-5), .int8) == "(-5)")
    #expect(try literal(.integer(.min), .int64) == "(-9223372036854775808)")
    #expect(try literal(.unsigned(.max), .uint64) == "18446744073709551615")
    #expect(try literal(.double(1.5), .float64) == "1.5e0")
    #expect(try literal(.double(-Double.leastNonzeroMagnitude), .float64) == "(-5e-324)")
    #expect(
      try literal(.double(Double(Float.greatestFiniteMagnitude)), .float32)
        == "3.4028234663852886e+38")
    #expect(try literal(.bytes([0, 255]), .binary) == "x'00ff'")
    #expect(try literal(.bytes([]), .binary) == "x''")
    let decimal = try #require(DecimalValue("-1.50"))
    #expect(try literal(.decimal(decimal), .decimal128(precision: 5, scale: 2)) == "(-1.50)")
    #expect(try literal(.date(0), .date32) == "DATE'1970-01-01'")
    #expect(try literal(.time(1_000), .time64(.nanosecond)) == "TIME'00:00:00.000001'")
    let moment = Value.timestamp(WideTimestamp(seconds: 0, nanoseconds: 5_000))
    #expect(
      try literal(moment, .timestamp(.microsecond, zone: nil))
        == "TIMESTAMP'1970-01-01 00:00:00.000005'")
    #expect(
      try literal(.duration(seconds: -1, nanoseconds: 0), .duration(.second))
        == "TIME'-00:00:01.000000'")
  }

  @Test func whatMariaDBCannotHoldIsRefused() throws {
    func state(_ value: Value, _ type: DataType, isUTC: Bool = true) -> String? {
      do {
        _ = try literal(value, type, isUTC: isUTC)
        return nil
      } catch { return (error as? TernError)?.sqlState.text }
    }
    #expect(state(.double(.nan), .float64) == "22003")
    #expect(state(.double(.infinity), .float64) == "22003")
    #expect(state(.time(1), .time64(.nanosecond)) == "22008")
    let moment = Value.timestamp(WideTimestamp(seconds: 0, nanoseconds: 0))
    #expect(state(moment, .timestamp(.microsecond, zone: "UTC"), isUTC: false) == "HYC00")
    #expect(state(.duration(seconds: 3_020_400, nanoseconds: 0), .duration(.second)) == "22015")
    #expect(state(.date(2_932_897), .date32) == "22008")
    #expect(state(.integer(1), .intervalMonths) == "07006")
    let fine = DecimalValue("0." + String(repeating: "1", count: 40))
    #expect(
      state(.decimal(try #require(fine)), .decimal256(precision: 60, scale: 40)) == "22003")
  }
}
