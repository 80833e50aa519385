public import TernColumns
import TernCore
public import TernDriver

/// A batch of nullable columns, row by row.
public func batch(_ types: [DataType], _ rows: [[Value]]) throws -> Batch {
  let builder = BatchBuilder(Schema(types.enumerated().map { Field("c\($0)", $1) }))
  for row in rows { try builder.append(row) }
  return try builder.finish()
}

extension Connection {
  /// Every row of a text's first result.
  public func rows(_ sql: String) throws -> [[Value]] { try execute(sql).rows() }
}

extension ResultSet {
  /// Every row; closes the result.
  public func rows() throws -> [[Value]] {
    var rows: [[Value]] = []
    while let batch = try nextBatch() {
      for row in 0..<batch.rowCount { rows.append(try batch.row(row)) }
    }
    close()
    return rows
  }
}
