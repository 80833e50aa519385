/// The offsets of one time zone at all instants, from the system's zone database.
///
/// Immutable. Source: RFC 8536 (TZif); `TernNet` reads the files.
public struct ZoneRules: Hashable, Sendable {
  /// The IANA name, such as `America/New_York`.
  public let name: String
  /// When each offset begins, seconds since 1970 UTC, ascending.
  private let starts: [Int64]
  /// Seconds east of UTC; the first is valid before all starts.
  private let offsets: [Int32]
  /// The rule that goes on for ever behind the last start.
  private let rule: YearlyZoneRule?

  /// UTC, which needs no file.
  public static let utc = ZoneRules(name: "UTC", starts: [], offsets: [0], rule: nil)

  /// `offsets` has one entry more than `starts`.
  init(name: String, starts: [Int64], offsets: [Int32], rule: YearlyZoneRule?) {
    self.name = name
    self.starts = starts
    self.offsets = offsets
    self.rule = rule
  }

  /// A zone that never changes, `offsetSeconds` east of UTC.
  public init(name: String, offsetSeconds: Int32) {
    self.init(name: name, starts: [], offsets: [offsetSeconds], rule: nil)
  }

  /// Reads a TZif file of any version.
  ///
  /// - Throws: `.usage` HY024 for bytes that are none.
  public init(name: String, parsing bytes: Span<UInt8>) throws(TernError) {
    do throws(TernError) {
      self = try ZoneFileParser.parse(name, bytes)
    } catch {
      throw .usage("the zone file of \(name) is damaged: \(error.message)", .invalidOptionValue)
    }
  }

  /// Whether the offset is always 0.
  public var isUTC: Bool { starts.isEmpty && offsets == [0] && rule == nil }

  /// Seconds east of UTC at an instant in seconds since 1970 UTC.
  public func offsetSeconds(at instant: Int64) -> Int64 {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    if low == starts.count, let rule { return rule.offsetSeconds(at: instant) }
    return offsets.indices.contains(low) ? Int64(offsets[low]) : 0
  }
}

/// A year of the proleptic Gregorian calendar.
struct CivilYear: Hashable, Sendable {
  let year: Int64

  init(_ year: Int64) { self.year = year }

  /// The year in which an instant lies, in UTC.
  init(containing second: Int64) {
    // Years have at least 365 days: the estimate is at most one too far for each 1,460 years.
    let days = second / 86_400 - (second % 86_400 < 0 ? 1 : 0)
    var year = 1970 + (days * 400) / 146_097
    while CivilYear(year).firstDay > days { year -= 1 }
    while CivilYear(year + 1).firstDay <= days { year += 1 }
    self.year = year
  }

  var isLeap: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Days from 1970-01-01 to January 1.
  var firstDay: Int64 {
    let before = year - 1
    return before * 365 + Self.floor(before, 4) - Self.floor(before, 100)
      + Self.floor(before, 400) - 719_162
  }

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
