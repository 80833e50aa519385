private import CTern

/// A moment of the monotonic clock by which a call must have answered, and which limit it stands
/// for.
public struct Deadline: Hashable, Sendable {
  /// The option that set the limit; it decides SQLSTATE and wording.
  public enum Limit: Hashable, Sendable {
    case connect, login, query, network
  }

  /// Monotonic nanoseconds; `Int64.max` is never.
  public let nanoseconds: Int64
  /// Which limit this is.
  public let limit: Limit

  /// Makes a deadline at a moment of the monotonic clock.
  public init(nanoseconds: Int64, limit: Limit) {
    self.nanoseconds = nanoseconds
    self.limit = limit
  }

  /// No deadline.
  public static let never = Deadline(nanoseconds: .max, limit: .network)

  /// `duration` nanoseconds from now; 0 and less mean never (options: "0 = none").
  public static func after(_ duration: Int64, _ limit: Limit) -> Deadline {
    guard duration > 0 else { return Deadline(nanoseconds: .max, limit: limit) }
    let (moment, overflow) = now.addingReportingOverflow(duration)
    return Deadline(nanoseconds: overflow ? .max : moment, limit: limit)
  }

  /// The monotonic clock, in nanoseconds.
  public static var now: Int64 { tern_monotonic_nanoseconds() }

  /// Whether there is none.
  public var isNever: Bool { nanoseconds == .max }

  /// Whether it has passed.
  public var isOver: Bool { !isNever && Deadline.now >= nanoseconds }

  /// Nanoseconds left, at least 0; nil when there is no deadline.
  public var remaining: Int64? {
    isNever ? nil : max(0, nanoseconds - Deadline.now)
  }

  /// For `poll`: milliseconds left, rounded up and at most a day; -1 when there is no deadline.
  public var pollMilliseconds: Int32 {
    guard let remaining else { return -1 }
    return Int32(min((remaining + 999_999) / 1_000_000, 86_400_000))
  }

  /// The one that passes first.
  public func earlier(_ other: Deadline) -> Deadline {
    other.nanoseconds < nanoseconds ? other : self
  }

  /// The error of a call that waited `for` something when this deadline passed.
  ///
  /// A silent line is dead (HYT01); the others leave what they can usable (HYT00).
  public func error(waitingFor what: String) -> TernError {
    switch limit {
    case .connect:
      TernError(.timeout, .timeout, "connect_timeout passed while \(what)")
    case .login:
      TernError(.timeout, .timeout, "login_timeout passed while \(what)")
    case .query:
      TernError(.timeout, .timeout, "query_timeout passed while \(what)")
    case .network:
      TernError(
        .timeout, .connectionTimeout,
        "network_timeout passed while \(what): the connection was silent and is closed")
    }
  }
}
