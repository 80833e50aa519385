import TernColumns
import TernCore
import TernDriver

/// A prepared statement in C's hands: the waist's statement, and parameters bound one by one.
///
/// Values bound by index become one row at execution; a batch or a stream replaces them.
final class StatementHandle: HandleObject {
  static let kind = HandleKind.statement

  let statement: Statement
  /// How Arrow export writes fine timestamps.
  var timestamps: TimestampExport { statement.connection.timestampExport }
  private let row: Locked<[Int: BoundValue]>

  init(_ statement: Statement) {
    self.statement = statement
    row = Locked([:])
  }

  /// Binds a value by its index, which counts from 0.
  ///
  /// - Throws: `.usage` 07009 for an index that the text has no marker for.
  func bind(_ index: Int32, _ value: BoundValue) throws(TernError) {
    let count = statement.parameterCount ?? 0
    guard index >= 0, Int(index) < count else {
      throw .usage("parameter \(index) of \(count); the first is 0", .invalidIndex)
    }
    row.withLock { $0[Int(index)] = value }
  }

  /// Binds rows; values bound by index are forgotten.
  ///
  /// - Throws: `.usage` 07002 when the rows have not one column a parameter.
  func bind(_ rows: Batch) throws(TernError) {
    try check(columnCount: rows.columns.count)
    row.withLock { $0 = [:] }
    statement.bind(rows)
  }

  /// Binds a stream of rows; otherwise as for rows.
  func bind(_ stream: BoundStream) throws(TernError) {
    try check(columnCount: stream.schema.fields.count)
    row.withLock { $0 = [:] }
    statement.bind(stream)
  }

  /// Forgets all parameters.
  func clear() {
    row.withLock { $0 = [:] }
    statement.clearBindings()
  }

  /// Runs it with what is bound.
  ///
  /// - Throws: `.usage` 07002 when a marker has no value, and what the statement throws.
  func run() throws(TernError) -> ResultSet {
    let values = row.current
    if !values.isEmpty { statement.bind(try batch(values)) }
    return try statement.execute()
  }

  private func check(columnCount: Int) throws(TernError) {
    let count = statement.parameterCount ?? 0
    guard columnCount == count else { throw .parameters(bound: columnCount, wanted: count) }
  }

  private func batch(_ values: [Int: BoundValue]) throws(TernError) -> Batch {
    let count = statement.parameterCount ?? 0
    var fields: [Field] = []
    var row: [Value] = []
    for index in 0..<count {
      guard let bound = values[index] else {
        throw .usage(
          "parameter \(index) is not bound; the statement has \(count)", .wrongParameterCount)
      }
      fields.append(Field("\(index + 1)", type(of: bound, index)))
      row.append(bound.value)
    }
    let builder = BatchBuilder(Schema(fields))
    try builder.append(row)
    return try builder.finish()
  }

  /// A NULL has the type that the server tells, so that it may look at it.
  private func type(of bound: BoundValue, _ index: Int) -> DataType {
    guard bound.type == .null, let known = statement.parameters, index < known.count else {
      return bound.type
    }
    return known[index].dataType
  }
}
