import Tern

/// A SQL type as ODBC's metadata shows it: code, size, digits, and what follows from them.
///
/// Source: ODBC Programmer's Reference, appendix D: column size, decimal digits, transfer octet
/// length, display size.
struct ReportedType: Hashable {
  /// `SQL_DESC_CONCISE_TYPE`.
  let concise: Int16
  /// Digits, characters or bytes; never 0.
  let columnSize: Int
  /// Digits after the point, of a number or of a second's fraction.
  let decimalDigits: Int16
  /// Whether negative values are impossible.
  let isUnsigned: Bool
  /// Whether a character is a byte.
  let isASCII: Bool
  /// The server's word.
  let typeName: String
  /// Whether comparisons distinguish case.
  let isCaseSensitive: Bool
  /// Whether the server fills the column by itself.
  let isAutoIncrement: Bool

  /// How `type` is reported under `options`.
  init(_ type: SQLColumnType, _ options: ReportOptions) {
    let isBoolText = type.odbcType == ODBCType.bit && options.isBooleanText
    let code = isBoolText ? ODBCType.varchar : type.odbcType
    let facts = TypeFacts.of(code)
    let told = isBoolText ? 5 : type.columnSize.map { Int(clamping: $0) }
    var size = told ?? facts.defaultSize
    if size <= 0 { size = facts.defaultSize }
    if facts.isSized {
      if told == nil || told == 0 { size = options.columnSizeMax ?? ReportOptions.unknownSize }
      if let most = options.columnSizeMax, most > 0 { size = min(size, most) }
    } else if facts.hasOwnSize {
      size = facts.defaultSize
    }
    let digits = facts.hasDigits ? type.decimalDigits ?? 0 : 0
    if facts.kind == .time { size = digits > 0 ? 9 + Int(digits) : 8 }
    if facts.kind == .timestamp { size = digits > 0 ? 20 + Int(digits) : 19 }
    let isNarrow = options.isTextNarrow || type.isASCII || isBoolText
    concise = ReportedType.concise(
      facts.reported(isNarrow: isNarrow), size: told ?? .max, options.longThreshold)
    columnSize = type.isUnsigned && code == ODBCType.bigint ? 20 : size
    decimalDigits = digits
    isUnsigned = type.isUnsigned || !facts.isNumeric
    isASCII = type.isASCII
    typeName = type.typeName
    isCaseSensitive = facts.isText && type.isCaseSensitive
    isAutoIncrement = type.isAutoIncrement
  }

  private static func concise(_ code: Int16, size: Int, _ threshold: Int) -> Int16 {
    guard threshold > 0, size > threshold, let long = TypeFacts.of(code).longForm else {
      return code
    }
    return long
  }

  /// What holds for every column of this type.
  var facts: TypeFacts { TypeFacts.of(concise) }

  /// `SQL_DESC_OCTET_LENGTH`: bytes of a value in its default C type, without a terminator.
  var octetLength: Int {
    switch facts.kind {
    case .wideText: times(2)
    case .narrowText:
      isASCII ? columnSize : times(4)
    case .bytes: columnSize
    case .exact where concise == ODBCType.decimal || concise == ODBCType.numeric: columnSize + 2
    default: facts.octetLength
    }
  }

  private func times(_ factor: Int) -> Int {
    let (product, overflow) = columnSize.multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }

  /// `SQL_DESC_DISPLAY_SIZE`: characters of a value as text.
  var displaySize: Int {
    switch facts.kind {
    case .wideText, .narrowText: columnSize
    case .bytes: times(2)
    case .exact where facts.displaySize == 0: columnSize + 2
    case .exact: columnSize > 1 ? columnSize + (isUnsigned ? 0 : 1) : 1
    case .date, .time, .timestamp, .guid: columnSize
    case .interval: columnSize + 1
    case .approximate: facts.displaySize
    }
  }

  /// `SQL_DESC_DATETIME_INTERVAL_PRECISION`: digits of an interval's leading field, which the size
  /// holds beside the other fields; 2 unless the server says more.
  var leadingDigits: Int {
    guard facts.kind == .interval else { return 0 }
    let fraction = decimalDigits > 0 ? Int(decimalDigits) + 1 : 0
    switch concise {
    case 107: return max(1, columnSize - 3)
    case 110: return max(1, columnSize - 9 - fraction)
    default: return 2
    }
  }

  /// `SQL_DESC_PRECISION`.
  var precision: Int16 {
    switch facts.kind {
    case .date: 0
    case .time, .timestamp, .interval: decimalDigits
    default: columnSize <= Int(Int16.max) ? Int16(columnSize) : 0
    }
  }

  /// `SQL_DESC_SCALE`.
  var scale: Int16 { facts.kind == .exact ? decimalDigits : 0 }
}
