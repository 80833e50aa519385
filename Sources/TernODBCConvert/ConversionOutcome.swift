public import TernCore

/// What became of one value: most are exact, and nothing is recorded for them.
public enum ConversionOutcome: UInt8, Hashable, Sendable {
  case exact
  /// Text or bytes were cut: 01004.
  case truncated
  /// A fraction was cut: 01S07.
  case fractionTruncated
  /// A NULL has no indicator to go to: 22002.
  case indicatorNeeded
  /// A number does not fit: 22003.
  case numberOutOfRange
  /// No date, time or timestamp, or one that does not exist: 22007.
  case invalidDatetime
  /// A date, time or timestamp would lose something: 22008.
  case datetimeOutOfRange
  /// An interval does not fit: 22015.
  case intervalOutOfRange
  /// The text is no value of the type: 22018.
  case invalidCast
  /// Text or a fraction does not fit a parameter: 22001.
  case textTruncated
  /// A length that is negative or odd: HY090.
  case invalidLength
  /// A pointer that may not be null: HY009.
  case nullArgument
  /// The default of a procedure's parameter was asked for: 07S01.
  case invalidDefaultParameter
  /// No such conversion: 07006.
  case restrictedType
  /// A buffer of the column is broken; a bug of ours: HY000.
  case corrupt

  /// Whether the value was not written.
  @inline(__always)
  public var isError: Bool { rawValue > ConversionOutcome.fractionTruncated.rawValue }

  /// The code for a diagnostic record.
  public var sqlState: SQLState {
    switch self {
    case .exact: .warning
    case .truncated: .truncated
    case .fractionTruncated: Self.fractionState
    case .indicatorNeeded: .indicatorNeeded
    case .numberOutOfRange: .numberOutOfRange
    case .invalidDatetime: .invalidDatetime
    case .datetimeOutOfRange: .datetimeOutOfRange
    case .intervalOutOfRange: .intervalOutOfRange
    case .invalidCast: .invalidCast
    case .textTruncated: .textTruncated
    case .invalidLength: .invalidLength
    case .nullArgument: .nullArgument
    case .invalidDefaultParameter: Self.defaultState
    case .restrictedType: .restrictedType
    case .corrupt: .general
    }
  }

  /// The text for a diagnostic record; never the value.
  public var message: String {
    switch self {
    case .exact: "nothing was lost"
    case .truncated: "the value is longer than the buffer and was cut"
    case .fractionTruncated: "the value has a fraction that was cut"
    case .indicatorNeeded: "the value is NULL and no indicator is bound"
    case .numberOutOfRange: "the number does not fit the type"
    case .invalidDatetime: "the value is no valid date, time or timestamp"
    case .datetimeOutOfRange: "the date, time or timestamp does not fit the type"
    case .intervalOutOfRange: "a field of the interval does not fit"
    case .invalidCast: "the text is no value of the type"
    case .textTruncated: "the value does not fit the parameter's type without being cut"
    case .invalidLength: "the length is negative or not a multiple of the character's size"
    case .nullArgument: "the value's pointer is null"
    case .invalidDefaultParameter: "only a procedure's parameter has a default"
    case .restrictedType: "there is no conversion between these types"
    case .corrupt: "internal error: a column's buffers are too short"
    }
  }

  private static let fractionState = SQLState("01S07") ?? .warning
  private static let defaultState = SQLState("07S01") ?? .general

  /// What an error that a lower module threw means here.
  init(_ error: TernError) {
    switch error.sqlState {
    case .invalidDatetime: self = .invalidDatetime
    case .datetimeOutOfRange: self = .datetimeOutOfRange
    case .intervalOutOfRange: self = .intervalOutOfRange
    case .numberOutOfRange: self = .numberOutOfRange
    case .restrictedType: self = .restrictedType
    case .invalidCast: self = .invalidCast
    default: self = .corrupt
    }
  }
}
