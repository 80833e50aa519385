import TernColumns
import TernCore
import Testing

@testable import TernODBCConvert

/// Every cell of the two matrices of conversions: what is supported, and that it works.
///
/// The rows below are those of the reference, letter by letter: a dot for a conversion, a blank for
/// 07006.
@Suite struct MatrixTests {
  /// The C types of the columns of `fetches`, with those that share a column together.
  static let targets: [[Int16]] = [
    [CType.char], [CType.wchar], [CType.bit],
    [
      CType.tinyint, CType.stinyint, CType.utinyint, CType.short, CType.sshort, CType.ushort,
      CType.long, CType.slong, CType.ulong, CType.sbigint, CType.ubigint,
    ],
    [CType.float, CType.double], [CType.numeric], [CType.binary], [CType.date, 9],
    [CType.time, 10], [CType.timestamp, 11], [101, 102, 107],
    [103, 104, 105, 106, 108, 109, 110, 111, 112, 113], [CType.guid],
  ]

  struct Row: Sendable, CustomTestStringConvertible {
    let type: DataType
    let sqlType: Int16
    let value: Value
    let cells: String
    var testDescription: String { "\(type)" }
    init(_ type: DataType, _ sqlType: Int16, _ value: Value, _ cells: String) {
      (self.type, self.sqlType, self.value, self.cells) = (type, sqlType, value, cells)
    }
  }

  static let bytes16 = (0..<16).map { UInt8($0) }

  /// CHAR WCHAR BIT integers FLOAT NUMERIC BINARY DATE TIME TIMESTAMP Y-M D-S GUID; `s`: intervals
  /// of a single field.
  static let fetches: [Row] = [
    Row(.utf8, 12, "1", "............."),
    Row(.largeUtf8, -9, "1", "............."),
    Row(.bool, -7, true, ".......      "),
    Row(.int8, -6, 1, ".......   ss "), Row(.uint8, -6, 1, ".......   ss "),
    Row(.int16, 5, 1, ".......   ss "), Row(.uint16, 5, 1, ".......   ss "),
    Row(.int32, 4, 1, ".......   ss "), Row(.uint32, 4, 1, ".......   ss "),
    Row(.int64, -5, 1, ".......   ss "), Row(.uint64, -5, 1, ".......   ss "),
    Row(
      .decimal128(precision: 18, scale: 0), 3, .decimal(DecimalValue(unscaled: 1)),
      ".......   ss "),
    Row(.float32, 7, 1.0, ".......      "), Row(.float64, 8, 1.0, ".......      "),
    Row(.binary, -3, .bytes([1]), "..    .      "),
    Row(.fixedSizeBinary(4), -2, .bytes([1, 2, 3, 4]), "..    .      "),
    Row(.date32, 91, .date(19_782), "..    .. .   "),
    Row(.time32(.second), 92, .time(0), "..    . ..   "),
    Row(.time64(.microsecond), 92, .time(0), "..    . ..   "),
    Row(
      .timestamp(.second, zone: nil), 93,
      .timestamp(WideTimestamp(seconds: 0, nanoseconds: 0)), "..    ....   "),
    Row(
      .timestamp(.microsecond, zone: "UTC"), 93,
      .timestamp(WideTimestamp(seconds: 0, nanoseconds: 0)), "..    ....   "),
    Row(
      .wideTimestamp(digits: 9, zone: nil), 93,
      .timestamp(WideTimestamp(seconds: 0, nanoseconds: 0)), "..    ....   "),
    Row(.intervalMonths, 107, FetchMomentTests.interval(38), "..    .   .  "),
    Row(.intervalMonths, 101, FetchMomentTests.interval(12), ".. . ..   .  "),
    Row(
      .intervalMonthDayNano, 110, FetchMomentTests.interval(0, 5), "..    .    . "),
    Row(
      .intervalMonthDayNano, 103, FetchMomentTests.interval(0, 5), ".. . ..    . "),
    Row(.duration(.second), 110, .duration(seconds: 86_400, nanoseconds: 0), "..    .    . "),
    Row(.fixedSizeBinary(16), -11, .bytes(bytes16), "..    .     ."),
  ]

  /// Texts that the structured types read.
  private static func text(_ cType: Int16) -> Value {
    switch cType {
    case CType.date, 9: "2024-02-29"
    case CType.time, 10: "10:00:00"
    case CType.timestamp, 11: "2024-02-29 10:00:00"
    case 107: "3-02"
    case 108: "5 12"
    case 109: "5 12:30"
    case 110: "5 12:30:45"
    case 111: "12:30"
    case 112: "12:30:45"
    case 113: "30:45"
    case CType.guid: "00010203-0405-0607-0809-0a0b0c0d0e0f"
    default: "1"
    }
  }

  @Test("acceptance 6: every cell of the matrix from columns to C types", arguments: fetches)
  func fetching(row: Row) throws {
    #expect(row.cells.count == Self.targets.count)
    for (cell, group) in zip(row.cells, Self.targets) {
      for cType in group {
        let isThere = cell == "." || (cell == "s" && (101...106).contains(cType))
        #expect(
          ColumnConverter.supports(cType, from: row.type, sqlType: row.sqlType) == isThere,
          "C type \(cType)")
        guard isThere else {
          let error = #expect(throws: TernError.self) {
            try fetch(row.type, row.value, as: cType, sqlType: row.sqlType)
          }
          #expect(error?.sqlState == .restrictedType)
          continue
        }
        try works(row, cType)
      }
    }
  }

  /// A value arrives without an error, NULL arrives as such, and neither leaves the buffer.
  private func works(_ row: Row, _ cType: Int16) throws {
    let isText = row.type == .utf8 || row.type == .largeUtf8
    let value = isText ? Self.text(cType) : row.value
    let fetched = try fetch(row.type, value, as: cType, sqlType: row.sqlType)
    #expect(!fetched.outcome.isError, "C type \(cType): \(fetched.outcome)")
    #expect(fetched.application.isIntact)
    if let byteCount = CTarget(code: cType)?.byteCount { #expect(fetched.length == byteCount) }
    let null = try fetch(row.type, .null, as: cType, sqlType: row.sqlType)
    #expect(null.outcome == .exact && null.length == -1)
    #expect(null.bytes(32) == [UInt8](repeating: Application.guardByte, count: 32))
    guard CTarget(code: cType)?.byteCount == nil, fetched.length > 0 else { return }
    try cut(row, value, cType, fetched.length)
  }

  /// One byte too few, terminators included, is told or refused; the full length stands in the cell.
  private func cut(_ row: Row, _ value: Value, _ cType: Int16, _ length: Int) throws {
    let terminator = cType == CType.char ? 1 : cType == CType.wchar ? 2 : 0
    let short = try fetch(
      row.type, value, as: cType, sqlType: row.sqlType, bufferLength: length + terminator - 1)
    #expect(short.outcome != .exact, "C type \(cType)")
    if short.outcome == .truncated { #expect(short.length == length) }
    let fits = try fetch(
      row.type, value, as: cType, sqlType: row.sqlType, bufferLength: length + terminator)
    #expect(fits.outcome == .exact, "C type \(cType)")
  }

  /// SQL types of the columns of `parameters`.
  static let sqlTypes: [[Int16]] = [
    [1, 12, -1, -8, -9, -10], [2, 3, -6, 5, 4, -5], [7, 6, 8], [-7], [-2, -3, -4], [91, 9],
    [92, 10], [93, 11], [101, 102, 107, 103, 104, 105, 106, 108, 109, 110, 111, 112, 113], [-11],
  ]

  /// Text, exact, real, bit, binary, date, time, timestamp, interval (`s`: single fields only, `k`:
  /// of the same kind), GUID.
  static let parameters: [(cTypes: [Int16], cells: String)] = [
    ([CType.char, CType.wchar], ".........."),
    (
      [
        CType.tinyint, CType.stinyint, CType.utinyint, CType.short, CType.sshort, CType.ushort,
        CType.long, CType.slong, CType.ulong, CType.sbigint, CType.ubigint, CType.bit,
        CType.float, CType.double, CType.numeric,
      ], ".....   s "
    ),
    ([CType.binary], "........ ."),
    ([CType.date, 9], ".    . .  "), ([CType.time, 10], ".     ..  "),
    ([CType.timestamp, 11], ".    ...  "), ([101, 103], "..      k "), ([107, 110], ".       k "),
    ([CType.guid], ".   .    ."),
  ]

  @Test("acceptance 6: every cell of the matrix from C types to parameters", arguments: parameters)
  func sending(cTypes: [Int16], cells: String) throws {
    #expect(cells.count == Self.sqlTypes.count)
    for cType in cTypes {
      let target = try #require(CTarget(code: cType))
      for (cell, group) in zip(cells, Self.sqlTypes) {
        for sqlType in group {
          let kind = ParameterKind(sqlType: sqlType, from: target)
          #expect(
            kind.converts(from: target) == Self.expects(cell, cType, sqlType),
            "C type \(cType) to SQL type \(sqlType)")
        }
      }
    }
  }

  private static func expects(_ cell: Character, _ cType: Int16, _ sqlType: Int16) -> Bool {
    let months: Set<Int16> = [101, 102, 107]
    switch cell {
    case ".": return true
    case "s": return (101...106).contains(sqlType)
    case "k": return months.contains(cType) == months.contains(sqlType)
    default: return false
    }
  }
}
