/// ODBC's thirteen interval types (`SQLINTERVAL` in `sqltypes.h`).
public enum IntervalKind: Int16, Hashable, Sendable, CaseIterable {
  case year = 1
  case month, day, hour, minute, second
  case yearToMonth, dayToHour, dayToMinute, dayToSecond, hourToMinute, hourToSecond, minuteToSecond

  /// Whether it counts months, not seconds.
  var isMonths: Bool { self == .year || self == .month || self == .yearToMonth }

  /// Whether it has one field and can be a number.
  var isSingle: Bool { rawValue <= 6 }

  /// The largest field: 3 days, 4 hours, 5 minutes, 6 seconds; years and months are 1 and 2.
  var leading: IntervalKind {
    switch self {
    case .year, .yearToMonth: .year
    case .month: .month
    case .day, .dayToHour, .dayToMinute, .dayToSecond: .day
    case .hour, .hourToMinute, .hourToSecond: .hour
    case .minute, .minuteToSecond: .minute
    case .second: .second
    }
  }

  /// The smallest field.
  var trailing: IntervalKind {
    switch self {
    case .year: .year
    case .month, .yearToMonth: .month
    case .day: .day
    case .hour, .dayToHour: .hour
    case .minute, .dayToMinute, .hourToMinute: .minute
    case .second, .dayToSecond, .hourToSecond, .minuteToSecond: .second
    }
  }

  /// Seconds of the smallest field; 0 for months.
  var secondsPerUnit: Int64 {
    switch trailing {
    case .day: 86_400
    case .hour: 3_600
    case .minute: 60
    case .second: 1
    default: 0
    }
  }
}
