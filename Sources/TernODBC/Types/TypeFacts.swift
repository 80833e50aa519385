import Tern
import TernODBCConvert

/// What holds for every value of a SQL type (ODBC, appendix D, as tables).
struct TypeFacts: Hashable {
  /// Families of types that conversions and sizes treat alike.
  enum Kind {
    case narrowText, wideText, bytes, exact, approximate, date, time, timestamp, interval, guid
  }

  /// `SQL_…`.
  let code: Int16
  let kind: Kind
  /// Where the server tells no size, or none makes sense.
  let defaultSize: Int
  /// Bytes of the default C type; text, bytes and decimals compute it.
  let octetLength: Int
  /// Characters as text where the size does not say it.
  let displaySize: Int
  /// The default C type.
  let defaultCType: Int16
  /// The long type of the same family.
  let longForm: Int16?
  /// The same type for text of the other width.
  let otherWidth: Int16?

  /// Whether the declared size is meant in characters or bytes.
  var isSized: Bool { kind == .narrowText || kind == .wideText || kind == .bytes }
  /// Whether the type alone decides the size.
  var hasOwnSize: Bool { octetLength != 0 && kind != .interval }
  /// Whether there can be digits after a point.
  var hasDigits: Bool {
    (kind == .exact && octetLength == 0) || kind == .time || kind == .timestamp
      || kind == .interval
  }
  /// Whether values are text.
  var isText: Bool { kind == .narrowText || kind == .wideText }
  /// Whether values are numbers.
  var isNumeric: Bool { kind == .exact || kind == .approximate }

  /// The facts of a SQL type; those of wide text for one that nobody knows.
  static func of(_ code: Int16) -> TypeFacts { byCode[code] ?? unknown }

  /// The facts of a SQL type, if it is one.
  static func known(_ code: Int16) -> TypeFacts? { byCode[code] }

  /// The code to report for text of a given width; all others are their own.
  func reported(isNarrow: Bool) -> Int16 {
    guard isText, (kind == .narrowText) != isNarrow else { return code }
    return otherWidth ?? code
  }

  private init(
    _ code: Int16, _ kind: Kind, size: Int = ReportOptions.unknownSize, octets: Int = 0,
    display: Int = 0, _ cType: Int16, long: Int16? = nil, other: Int16? = nil
  ) {
    self.code = code
    self.kind = kind
    defaultSize = size
    octetLength = octets
    displaySize = display
    defaultCType = cType
    longForm = long
    otherWidth = other
  }

  private static let unknown = TypeFacts(
    ODBCType.wvarchar, .wideText, CType.wchar, long: ODBCType.wlongVarchar,
    other: ODBCType.varchar)

  private static let byCode = Dictionary(
    uniqueKeysWithValues: (all + intervals).map { ($0.code, $0) })

  private static let all = [
    TypeFacts(ODBCType.char, .narrowText, CType.char, long: -1, other: ODBCType.wchar),
    TypeFacts(ODBCType.varchar, .narrowText, CType.char, long: -1, other: ODBCType.wvarchar),
    TypeFacts(ODBCType.longVarchar, .narrowText, CType.char, other: ODBCType.wlongVarchar),
    TypeFacts(ODBCType.wchar, .wideText, CType.wchar, long: -10, other: ODBCType.char),
    TypeFacts(ODBCType.wvarchar, .wideText, CType.wchar, long: -10, other: ODBCType.varchar),
    TypeFacts(ODBCType.wlongVarchar, .wideText, CType.wchar, other: ODBCType.longVarchar),
    TypeFacts(ODBCType.binary, .bytes, CType.binary, long: ODBCType.longVarbinary),
    TypeFacts(ODBCType.varbinary, .bytes, CType.binary, long: ODBCType.longVarbinary),
    TypeFacts(ODBCType.longVarbinary, .bytes, CType.binary),
    TypeFacts(ODBCType.decimal, .exact, size: 38, CType.char),
    TypeFacts(ODBCType.numeric, .exact, size: 38, CType.char),
    TypeFacts(ODBCType.bit, .exact, size: 1, octets: 1, display: 1, CType.bit),
    TypeFacts(ODBCType.tinyint, .exact, size: 3, octets: 1, display: 4, CType.stinyint),
    TypeFacts(ODBCType.smallint, .exact, size: 5, octets: 2, display: 6, CType.sshort),
    TypeFacts(ODBCType.integer, .exact, size: 10, octets: 4, display: 11, CType.slong),
    TypeFacts(ODBCType.bigint, .exact, size: 19, octets: 8, display: 20, CType.sbigint),
    TypeFacts(ODBCType.real, .approximate, size: 7, octets: 4, display: 14, CType.float),
    TypeFacts(ODBCType.float, .approximate, size: 15, octets: 8, display: 24, CType.double),
    TypeFacts(ODBCType.double, .approximate, size: 15, octets: 8, display: 24, CType.double),
    TypeFacts(ODBCType.date, .date, size: 10, octets: 6, CType.date),
    TypeFacts(ODBCType.time, .time, size: 8, octets: 6, CType.time),
    TypeFacts(ODBCType.timestamp, .timestamp, size: 19, octets: 16, CType.timestamp),
    TypeFacts(ODBCType.guid, .guid, size: 36, octets: 16, CType.guid),
  ]

  /// The thirteen interval types; each is its own default C type.
  private static let intervals = (Int16(101)...113).map { code in
    TypeFacts(code, .interval, size: code == 110 ? 11 : 5, octets: 28, code)
  }
}
