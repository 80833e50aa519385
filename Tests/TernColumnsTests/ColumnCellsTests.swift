import TernColumns
import TernCore
import Testing

@Suite struct ColumnCellsTests {
  @Test("a getter gives the exact value or says why not")
  func getters() throws {
    let decimals = try column(.decimal128(precision: 10, scale: 2), ["1.00", "1.25", "-3.00"])
    #expect(try decimals.int64(at: 0) == 1)
    #expect(state { try decimals.int64(at: 1) } == .numberOutOfRange)
    #expect(state { try decimals.uint64(at: 2) } == .numberOutOfRange)
    #expect(try decimals.double(at: 1) == 1.25)
    let texts = try column(.utf8, ["12", "x", " 1e2 ", "true", "0x10"])
    #expect(try texts.int64(at: 0) == 12)
    #expect(state { try texts.int64(at: 1) } == .invalidCast)
    #expect(try texts.int64(at: 2) == 100)
    #expect(try texts.bool(at: 3))
    #expect(state { try texts.double(at: 4) } == .invalidCast)
    #expect(state { try texts.date(at: 0) } == .restrictedType)
    let unsigned = try column(.uint64, [.unsigned(.max)])
    #expect(state { try unsigned.int64(at: 0) } == .numberOutOfRange)
    #expect(try unsigned.decimal(at: 0).description == "18446744073709551615")
    let doubles = try column(.float64, [.double(.nan), 1e300, 3])
    #expect(state { try doubles.int64(at: 0) } == .numberOutOfRange)
    #expect(state { try doubles.int64(at: 1) } == .numberOutOfRange)
    #expect(try doubles.int64(at: 2) == 3)
  }

  @Test("messages name types as people write them", arguments: [
    (.decimal128(precision: 18, scale: 2), "decimal128(18,2)"), (.utf8, "utf8"),
    (.timestamp(.microsecond, zone: "UTC"), "timestamp(us, UTC)"),
    (.wideTimestamp(digits: 9, zone: nil), "timestamp(9 digits)"), (.time64(.nanosecond), "time(ns)"),
    (.list(Field("item", .fixedSizeBinary(16))), "list(binary(16))"),
    (.structure([Field("a", .int8), Field("b", .date32)]), "struct(int8, date32)"),
  ] as [(DataType, String)])
  func words(type: DataType, text: String) {
    #expect("\(type)" == text)
  }

  @Test("a row outside the column and a NULL are errors")
  func bounds() throws {
    let values = try column(.int64, [1, nil])
    for row in [-1, 2, .min, .max] {
      #expect(throws: TernError.self) { try values.isNull(at: row) }
      #expect(throws: TernError.self) { try values.int64(at: row) }
      #expect(throws: TernError.self) { try values.text(at: row) }
    }
    #expect(state { try values.int64(at: 1) } == .indicatorNeeded)
    #expect(state { try values.text(at: 1) } == .indicatorNeeded)
  }

  @Test("civil dates convert both ways over all years that types can hold")
  func dates() {
    for days in stride(from: -1_000_000_000, through: 1_000_000_000, by: 9_973) {
      let date = CivilDate(days: days)
      #expect(date.isValid)
      #expect(date.days == days)
    }
    #expect(!CivilDate(year: 1900, month: 2, day: 29).isValid)
    #expect(CivilDate(year: 2000, month: 2, day: 29).isValid)
    #expect(!CivilDate(year: 2000, month: 0, day: 1).isValid)
  }

  @Test("decimals are read, re-scaled and written exactly")
  func decimals() throws {
    let texts: [(String, String?)] = [
      ("0", "0"), ("-0.0", "0.0"), ("00012.50", "12.50"), ("+1", "1"),
      ("1E-38", "0." + zeros(37) + "1"),
      ("1.5E+10", "15000000000"), (".5", "0.5"), ("5.", "5"), ("", nil), ("-", nil), ("1e", nil),
      ("1e9999", nil), ("1_0", nil), ("0x1", nil), ("1 2", nil), ("  7 ", "7"),
      (String(repeating: "9", count: 78), nil),
    ]
    for (text, expected) in texts {
      #expect(DecimalValue(text)?.description == expected, "\(text)")
    }
    let value = try #require(DecimalValue("-12.345"))
    #expect(value.rescaled(to: 2) == nil)
    #expect(value.truncated(to: 0).value.description == "-12")
    #expect(value.rescaled(to: 5)?.description == "-12.34500")
    #expect(value.rescaled(to: 200) == nil)
    #expect(DecimalValue(unscaled: .min).unscaled == .min)
    let halves = try #require(DecimalValue(unscaled: -1).unscaledHalves)
    #expect(halves == (-1, .max))
    #expect(
      DecimalValue(high: -1, low: 0).description == "-340282366920938463463374607431768211456")
  }

  private func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

  private func column(_ type: DataType, _ values: [Value]) throws -> Column {
    let builder = ColumnBuilder(type)
    for value in values {
      if case .text(let text) = value, type != .utf8 {
        try builder.append(decimal: try #require(DecimalValue(text)))
      } else {
        try builder.append(value)
      }
    }
    return try builder.finish()
  }

  private func state(_ body: () throws -> some Any) -> SQLState? {
    do { _ = try body() } catch { return (error as? TernError)?.sqlState }
    return nil
  }
}
