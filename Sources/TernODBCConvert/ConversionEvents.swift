/// The values of a transfer that were not exact: what becomes diagnostic records and row status.
public final class ConversionEvents {
  /// One value that was cut or refused.
  public struct Event: Hashable, Sendable {
    /// Row of the rowset or parameter set, from 0.
    public let row: Int
    /// Column or parameter, from 1.
    public let column: Int
    /// What happened; never `exact`.
    public let outcome: ConversionOutcome
  }

  /// In the order in which they happened: column by column.
  public private(set) var all: [Event] = []
  /// Whether every value was exact. A property of its own: asking the array costs a dynamic check
  /// of exclusive access, on every call of SQLGetData.
  public private(set) var isEmpty = true
  /// What is noted next belongs to this column or parameter, from 1.
  public var column = 0

  /// Starts empty.
  public init() {}

  /// Forgets all, keeping the memory for the next rowset.
  public func removeAll() {
    guard !isEmpty else { return }
    all.removeAll(keepingCapacity: true)
    isEmpty = true
  }

  /// Whether a value was refused.
  public var hasErrors: Bool { all.contains { $0.outcome.isError } }

  /// Remembers an outcome that is not exact.
  @inline(never)
  func note(_ row: Int, _ outcome: ConversionOutcome) {
    isEmpty = false
    all.append(Event(row: row, column: column, outcome: outcome))
  }
}
