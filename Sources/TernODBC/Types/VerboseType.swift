import Tern

/// The two ways a descriptor names a date-time or interval type: `SQL_DESC_TYPE` with
/// `SQL_DESC_DATETIME_INTERVAL_CODE`, or one concise number.
enum VerboseType {
  /// `SQL_DATETIME`, also ODBC 2's number of a date.
  static let datetime: Int16 = 9
  /// `SQL_INTERVAL`, also ODBC 2's number of a time.
  static let interval: Int16 = 10

  /// The verbose type and code of a concise one.
  static func split(_ concise: Int16) -> (type: Int16, code: Int16) {
    switch concise {
    case 91...93: (datetime, concise - 90)
    case 101...113: (interval, concise - 100)
    default: (concise, 0)
    }
  }

  /// The concise type of a verbose one; nil if the code does not exist.
  static func concise(_ type: Int16, code: Int16) -> Int16? {
    switch type {
    case datetime: (1...3).contains(code) ? code + 90 : nil
    case interval: (1...13).contains(code) ? code + 100 : nil
    default: type
    }
  }
}
