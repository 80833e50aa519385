internal import TernCore
internal import TernNet

/// The pauses between the attempts of one request: decorrelated jitter, so that clients that failed
/// together do not come back together.
///
/// Source: Snowflake reference, section 1.5.
struct SnowflakeBackoff: Sendable {
  /// How often a request is tried altogether.
  static let attemptCountMax = 7
  /// The shortest pause, in nanoseconds.
  let shortest: Int64
  /// The longest pause that is chosen here; a server may ask for more.
  let longest: Int64
  private var last: Int64

  /// A server that asks for more than five minutes asks too much.
  private static let askedSecondsMax: Int64 = 300

  init(shortest: Int64 = 250_000_000, longest: Int64 = 16_000_000_000) {
    self.shortest = max(1, shortest)
    self.longest = max(self.shortest, longest)
    last = self.shortest
  }

  /// The next pause: between the shortest and three times the last, or what the server asked for.
  ///
  /// - Parameter asked: the answer's `Retry-After`; only whole seconds are understood.
  mutating func next(
    asked: String? = nil, _ random: (ClosedRange<Int64>) -> Int64 = { Int64.random(in: $0) }
  ) -> Int64 {
    if let asked, let seconds = Int64(asked), seconds >= 0 {
      return min(seconds, Self.askedSecondsMax) * 1_000_000_000
    }
    let most = min(longest, last.multipliedReportingOverflow(by: 3).partialValue)
    last = random(shortest...max(shortest, most))
    return last
  }
}
