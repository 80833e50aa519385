import TernColumns
import TernCore
import TernDriver

/// What a result still has to give, on its way into an Arrow stream.
final class RestStream: Sendable {
  private let first: Locked<Batch?>
  private let resultSet: ResultSet

  init(_ first: Batch?, _ resultSet: ResultSet) {
    self.first = Locked(first)
    self.resultSet = resultSet
  }

  /// The columns of every batch.
  var schema: Schema { resultSet.schema }

  /// The next batch, nil after the last.
  func next() throws(TernError) -> Batch? {
    let held = first.withLock { first -> Batch? in
      defer { first = nil }
      return first
    }
    if let held { return held }
    return try resultSet.nextBatch()
  }

  /// Ends the work on the server.
  func close() { resultSet.close() }
}
