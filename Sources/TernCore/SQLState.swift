/// A five-character SQLSTATE of capital letters and digits; it cannot hold a malformed code.
///
/// Source: ISO/IEC 9075-2, section 24 "Status codes".
public struct SQLState: Hashable, Sendable {
  /// The code as text, always five characters.
  public let text: String

  /// Returns nil unless `text` is five capital ASCII letters or digits.
  public init?(_ text: String) {
    let isWellFormed = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
    }
    guard text.utf8.count == 5, isWellFormed else { return nil }
    self.text = text
  }

  fileprivate init(known text: String) { self.text = text }

  /// The first two characters, which say what kind of condition it is.
  public var classCode: String { String(text.prefix(2)) }

  /// Whether a failure may carry this code: classes 00, 01 and 02 are successes.
  public var isFailure: Bool { !["00", "01", "02"].contains(classCode) }
}

extension SQLState: CustomStringConvertible {
  /// The code as text.
  public var description: String { text }
}

// The codes that Tern itself raises; servers bring their own.
extension SQLState {
  /// 01000: a warning with no code of its own.
  public static let warning = SQLState(known: "01000")
  /// 01004: text or bytes were cut.
  public static let truncated = SQLState(known: "01004")
  /// 01S00: a connection string has an unknown keyword.
  public static let unknownKeyword = SQLState(known: "01S00")
  /// 01S02: a value was replaced by the nearest one.
  public static let optionChanged = SQLState(known: "01S02")
  /// 07002: the parameters bound do not match the statement.
  public static let wrongParameterCount = SQLState(known: "07002")
  /// 07006: no conversion exists between the two types.
  public static let restrictedType = SQLState(known: "07006")
  /// 07009: a column or parameter number is out of range.
  public static let invalidIndex = SQLState(known: "07009")
  /// 08001: no connection could be made.
  public static let cannotConnect = SQLState(known: "08001")
  /// 08003: the connection is not open.
  public static let notConnected = SQLState(known: "08003")
  /// 08004: the server refused the connection.
  public static let connectionRefused = SQLState(known: "08004")
  /// 08007: the line broke during a commit or rollback, whose outcome is unknown.
  public static let transactionUnknown = SQLState(known: "08007")
  /// 08S01: the link failed, or what came over it made no sense.
  public static let linkFailure = SQLState(known: "08S01")
  /// 21S01: the insert's value list does not match its column list.
  public static let columnCountMismatch = SQLState(known: "21S01")
  /// 22001: text does not fit.
  public static let textTruncated = SQLState(known: "22001")
  /// 22002: a NULL has nowhere to go.
  public static let indicatorNeeded = SQLState(known: "22002")
  /// 22003: a number does not fit.
  public static let numberOutOfRange = SQLState(known: "22003")
  /// 22007: the text is not a date, time or timestamp.
  public static let invalidDatetime = SQLState(known: "22007")
  /// 22008: a date, time or timestamp does not fit.
  public static let datetimeOutOfRange = SQLState(known: "22008")
  /// 22015: an interval does not fit.
  public static let intervalOutOfRange = SQLState(known: "22015")
  /// 22018: the text is not a value of the wanted type.
  public static let invalidCast = SQLState(known: "22018")
  /// 24000: the result set is not in the right state.
  public static let invalidCursorState = SQLState(known: "24000")
  /// 25000: a transaction is in the way, or none is open.
  public static let invalidTransactionState = SQLState(known: "25000")
  /// 28000: the login was refused.
  public static let authenticationFailed = SQLState(known: "28000")
  /// 40001: the server rolled the transaction back; it may be tried again.
  public static let serializationFailure = SQLState(known: "40001")
  /// 42S01: a table or view of that name exists.
  public static let tableExists = SQLState(known: "42S01")
  /// 42S02: there is no such table or view.
  public static let noSuchTable = SQLState(known: "42S02")
  /// HY000: no better code is known.
  public static let general = SQLState(known: "HY000")
  /// HY001: a memory budget was refused.
  public static let memory = SQLState(known: "HY001")
  /// HY008: the call was cancelled.
  public static let cancelled = SQLState(known: "HY008")
  /// HY009: an argument is NULL that may not be.
  public static let nullArgument = SQLState(known: "HY009")
  /// HY010: the call comes at the wrong moment.
  public static let sequence = SQLState(known: "HY010")
  /// HY024: an attribute or option has a value that is not allowed.
  public static let invalidOptionValue = SQLState(known: "HY024")
  /// HY090: a length is negative or too large.
  public static let invalidLength = SQLState(known: "HY090")
  /// HY092: an option with this name or number does not exist.
  public static let unknownOption = SQLState(known: "HY092")
  /// HYC00: this server or driver cannot do it.
  public static let unsupported = SQLState(known: "HYC00")
  /// HYT00: the query or login took longer than allowed.
  public static let timeout = SQLState(known: "HYT00")
  /// HYT01: the connection was silent longer than allowed.
  public static let connectionTimeout = SQLState(known: "HYT01")
}
