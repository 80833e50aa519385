import TernColumns
import Testing

@testable import TernCore
@testable import TernODBCConvert

@Suite struct FetchMomentTests {
  static func moment(_ seconds: Int64, _ nanoseconds: Int32 = 0) -> Value {
    .timestamp(WideTimestamp(seconds: seconds, nanoseconds: nanoseconds))
  }
  static let micro = DataType.timestamp(.microsecond, zone: nil)

  @Test func everyDayHasItsDate() throws {
    for days in stride(from: -12_687_794, through: 11_248_737, by: 997) {
      let date = try #require(CalendarDate(days: Int64(days)))
      let wanted = CivilDate(days: days)
      #expect(
        Int(date.year) == wanted.year && Int(date.month) == wanted.month
          && Int(date.day) == wanted.day)
    }
    for days in -800_000...100_000 where days % 13 == 0 || days % 365 < 2 {
      let date = try #require(CalendarDate(days: Int64(days)))
      #expect(
        CivilDate(year: Int(date.year), month: Int(date.month), day: Int(date.day)).days == days)
    }
    #expect(CalendarDate(days: -12_687_795) == nil)
    #expect(CalendarDate(days: 11_248_738) == nil)
    let (first, last) = (CalendarDate(days: -12_687_794), CalendarDate(days: 11_248_737))
    #expect(first?.year == .min && last?.year == .max)
  }

  @Test(
    arguments: [
      (.date32, .date(0), "1970-01-01", 10), (.date32, .date(-1), "1969-12-31", 10),
      (.date32, .date(-719_163), "0000-12-31", 10),
      (.date32, .date(2_932_897), "+10000-01-01", 12),
      (.time64(.microsecond), .time(86_399_123_456_000), "23:59:59.123456", 15),
      (.time32(.second), .time(0), "00:00:00", 8),
      (micro, moment(-1, 999_999_000), "1969-12-31 23:59:59.999999", 26),
      (.timestamp(.nanosecond, zone: nil), moment(0, 1), "1970-01-01 00:00:00.000000001", 29),
      (.timestamp(.second, zone: "Europe/Berlin"), moment(0), "1970-01-01 00:00:00", 19),
      (
        .wideTimestamp(digits: 9, zone: nil), moment(253_402_300_799, 999_999_999),
        "9999-12-31 23:59:59.999999999", 29
      ),
      (
        .wideTimestamp(digits: 3, zone: "x"),
        .timestamp(WideTimestamp(seconds: 0, nanoseconds: 0, offsetMinutes: 90)),
        "1970-01-01 01:30:00.000 +01:30", 30
      ),
    ] as [(DataType, Value, String, Int)])
  func momentsBecomeText(type: DataType, value: Value, text: String, length: Int) throws {
    let narrow = try fetch(type, value, as: CType.char)
    #expect(narrow.text == text)
    #expect(narrow.length == length)
    #expect(try fetch(type, value, as: CType.wchar).wideText == text)
  }

  @Test(
    arguments: [
      (19, "", .numberOutOfRange), (20, "1970-01-01 00:00:01", .truncated),
      (21, "1970-01-01 00:00:01", .truncated), (22, "1970-01-01 00:00:01.5", .truncated),
      (27, "1970-01-01 00:00:01.500000", .exact),
    ] as [(Int, String, ConversionOutcome)])
  func onlyAFractionOfASecondIsCut(bufferLength: Int, text: String, outcome: ConversionOutcome)
    throws
  {
    let fetched = try fetch(
      Self.micro, Self.moment(1, 500_000_000), as: CType.char, bufferLength: bufferLength)
    #expect(fetched.outcome == outcome)
    if !outcome.isError { #expect(fetched.text == text && fetched.length == 26) }
  }

  @Test func columnsShowTheirOwnDigits() throws {
    let fetched = try fetch(Self.micro, Self.moment(1, 500_000_000), as: CType.char) {
      $0.decimalDigits = 3
    }
    #expect(fetched.text == "1970-01-01 00:00:01.500")
  }

  /// Fields as 16-bit numbers.
  private func fields(_ fetched: Fetched, _ count: Int) -> [Int] {
    (0..<count).map { Int(fetched.application.value(0, Int16.self, at: $0 * 2)) }
  }

  @Test(
    arguments: [
      (.date32, .date(19_782), CType.date, [2024, 2, 29], .exact),
      (.date32, .date(19_782), 9, [2024, 2, 29], .exact),
      (.date32, .date(0), CType.timestamp, [1970, 1, 1, 0, 0, 0], .exact),
      (micro, moment(86_400), CType.date, [1970, 1, 2], .exact),
      (micro, moment(-1), CType.date, [1969, 12, 31], .fractionTruncated),
      (micro, moment(3_661, 1_000), CType.time, [1, 1, 1], .fractionTruncated),
      (micro, moment(3_661), 10, [1, 1, 1], .exact),
      (micro, moment(-1, 1_000), CType.timestamp, [1969, 12, 31, 23, 59, 59], .exact),
      (.time64(.nanosecond), .time(3_661_000_000_000), CType.time, [1, 1, 1], .exact),
      (.time32(.second), .time(60_000_000_000), CType.timestamp, [1970, 1, 11, 0, 1, 0], .exact),
      (.utf8, "2024-02-29", CType.date, [2024, 2, 29], .exact),
      (.utf8, " {d '2024-02-29'} ", CType.date, [2024, 2, 29], .exact),
      (.utf8, "2024-02-29T10:11:12.5", CType.timestamp, [2024, 2, 29, 10, 11, 12], .exact),
      (.utf8, "2024-02-29 10:11:12", CType.date, [2024, 2, 29], .fractionTruncated),
      (.utf8, "10:11:12", CType.time, [10, 11, 12], .exact),
      (.utf8, "10:11:12", 11, [1970, 1, 11, 10, 11, 12], .exact),
      (.utf8, "{ts '2024-01-01 00:00:00'}", CType.time, [0, 0, 0], .exact),
      (.utf8, "2024-01-01 01:00:00+01:00", CType.timestamp, [2024, 1, 1, 0, 0, 0], .exact),
      (.utf8, "2023-02-29", CType.date, [], .invalidDatetime),
      (.utf8, "x", CType.date, [], .invalidCast), (.utf8, "", CType.timestamp, [], .invalidCast),
      (.utf8, "25:00:00", CType.time, [], .invalidDatetime),
      (.date32, .date(.max), CType.date, [], .datetimeOutOfRange),
    ] as [(DataType, Value, Int16, [Int], ConversionOutcome)])
  func momentsBecomeStructures(
    type: DataType, value: Value, cType: Int16, expected: [Int], outcome: ConversionOutcome
  ) throws {
    let fetched = try fetch(type, value, as: cType, sqlType: 93, bufferLength: 0) { $0.today = 10 }
    #expect(fetched.outcome == outcome)
    #expect(fetched.application.isIntact)
    if outcome.isError { return }
    #expect(fields(fetched, expected.count) == expected)
    #expect(fetched.length == CTarget(code: cType)?.byteCount)
  }

  @Test func fractionsCountNanoseconds() throws {
    let fetched = try fetch(Self.micro, Self.moment(5, 123_456_000), as: CType.timestamp)
    #expect(fetched.application.value(0, UInt32.self, at: 12) == 123_456_000)
  }

  @Test func instantsAreShownInTheSessionsZone() throws {
    let zone = ZoneRules(name: "x", starts: [1_000], offsets: [3_600, 7_200], rule: nil)
    for (seconds, hour) in [(0, 1), (999, 1), (1_000, 2)] as [(Int64, Int)] {
      let fetched = try fetch(
        .timestamp(.second, zone: "Z"), Self.moment(seconds), as: CType.timestamp
      ) { $0.zone = zone }
      #expect(fields(fetched, 4)[3] == hour)
      let text = try fetch(
        .timestamp(.second, zone: "Z"), Self.moment(seconds), as: CType.char
      ) { $0.zone = zone }
      #expect(text.text.hasPrefix("1970-01-01 0\(hour):"))
    }
  }

  static func interval(_ months: Int32, _ days: Int32 = 0, _ nanoseconds: Int64 = 0) -> Value {
    .interval(MonthDayNano(months: months, days: days, nanoseconds: nanoseconds))
  }

  @Test(
    arguments: [
      (.intervalMonths, interval(38), 107, 107, [7, 0, 3, 2], .exact),
      (.intervalMonths, interval(-38), 107, 101, [1, 1, 3, 0], .fractionTruncated),
      (.intervalMonths, interval(38), 107, 102, [2, 0, 0, 38], .exact),
      (
        .intervalMonthDayNano, interval(0, 5, 45_045_123_000_000), 110, 110,
        [10, 0, 5, 12, 30, 45, 123_000], .exact
      ),
      (
        .intervalMonthDayNano, interval(0, -5, -45_045_000_000_000), 110, 104, [4, 1, 0, 132],
        .fractionTruncated
      ),
      (
        .duration(.second), .duration(seconds: 90, nanoseconds: 0), 110, 113,
        [13, 0, 0, 0, 1, 30, 0], .exact
      ),
      (
        .duration(.second), .duration(seconds: 90, nanoseconds: 0), 110, 106, [6, 0, 0, 0, 0, 90],
        .exact
      ),
      (
        .duration(.millisecond), .duration(seconds: -1, nanoseconds: 500_000_000), 110, 106,
        [6, 1, 0, 0, 0, 0, 500_000], .exact
      ),
      (.utf8, "3-02", 12, 107, [7, 0, 3, 2], .exact),
      (.utf8, "-5 12:30:45.123", 12, 110, [10, 1, 5, 12, 30, 45, 123_000], .exact),
      (.utf8, "-5 12", 12, 108, [8, 1, 5, 12], .exact),
      (.utf8, "100 12:30", 12, 109, [9, 0, 100, 12, 30], .exact),
      (.utf8, "12:30", 12, 111, [11, 0, 0, 12, 30], .exact),
      (.utf8, "+12:30:45.5", 12, 112, [12, 0, 0, 12, 30, 45, 500_000], .exact),
      (.utf8, "90:45.000001", 12, 113, [13, 0, 0, 0, 90, 45, 1], .exact),
      (.utf8, "0 00:90:45", 12, 113, [], .invalidCast), (.utf8, "5 24", 12, 108, [], .invalidCast),
      (.utf8, "5 12:30:45", 12, 111, [11, 0, 0, 132, 30], .fractionTruncated),
      (.utf8, "7", 12, 103, [3, 0, 7], .exact), (.utf8, "x", 12, 110, [], .invalidCast),
      (.int64, 7, -5, 101, [1, 0, 7], .exact),
      (.int64, .integer(5_000_000_000), -5, 103, [], .intervalOutOfRange),
      (.intervalMonthDayNano, interval(1, 1), 110, 110, [], .intervalOutOfRange),
    ] as [(DataType, Value, Int16, Int16, [Int], ConversionOutcome)])
  func intervalsBecomeStructures(
    type: DataType, value: Value, sqlType: Int16, cType: Int16, expected: [Int],
    outcome: ConversionOutcome
  ) throws {
    let fetched = try fetch(type, value, as: cType, sqlType: sqlType, bufferLength: 0)
    #expect(fetched.outcome == outcome)
    #expect(fetched.application.isIntact)
    guard !outcome.isError else { return }
    var found = [
      Int(fetched.application.value(0, Int32.self)),
      Int(fetched.application.value(0, Int16.self, at: 4)),
    ]
    found += (0..<5).map { Int(fetched.application.value(0, UInt32.self, at: 8 + $0 * 4)) }
    #expect(Array(found.prefix(expected.count)) == expected)
    #expect(fetched.length == 28)
  }

  @Test func leadingFieldsOverflowWhereDigitsWereSet() throws {
    let value = Self.interval(0, 100)
    let fits = try fetch(.intervalMonthDayNano, value, as: 110, sqlType: 110) {
      $0.leadingDigits = 3
    }
    #expect(fits.outcome == .exact)
    let over = try fetch(.intervalMonthDayNano, value, as: 110, sqlType: 110) {
      $0.leadingDigits = 2
    }
    #expect(over.outcome == .intervalOutOfRange)
  }

  @Test func intervalsAreText() throws {
    #expect(
      try fetch(.intervalMonths, Self.interval(-38), as: CType.char, sqlType: 107).text == "-3-02")
    let fetched = try fetch(
      .intervalMonthDayNano, Self.interval(0, 5, 45_045_123_000_000), as: CType.wchar, sqlType: 110
    ) { $0.decimalDigits = 3 }
    #expect(fetched.wideText == "5 12:30:45.123")
  }

  @Test(
    arguments: [
      (.int64, -5, CType.date), (.date32, 91, CType.time), (.date32, 91, CType.long),
      (.time32(.second), 92, CType.date),
      (micro, 93, CType.double), (.binary, -3, CType.long), (.intervalMonths, 107, CType.long),
      (.intervalMonths, 107, 110),
      (.float64, 8, 103), (.bool, -7, CType.date), (.int64, -5, CType.guid), (.int64, -5, 107),
    ] as [(DataType, Int16, Int16)])
  func whatTheMatrixLeavesBlankIsRefused(type: DataType, sqlType: Int16, cType: Int16) {
    #expect(!ColumnConverter.supports(cType, from: type, sqlType: sqlType))
    #expect(throws: (any Error).self) {
      try ColumnConverter(ConversionRequest(dataType: type, sqlType: sqlType, cType: cType))
    }
  }
}
