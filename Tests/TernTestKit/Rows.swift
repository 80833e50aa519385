public import TernColumns
import TernCore
public import TernDriver

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
