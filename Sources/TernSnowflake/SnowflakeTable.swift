/// A small answer held whole, all values as text: what catalog questions and the driver's own
/// statements are read from.
struct SnowflakeTable: Sendable {
  /// Where each column is; of equal names the first.
  private let indexes: [String: Int]
  /// The values of each row.
  let rows: [[String?]]

  init(_ names: [String], _ rows: [[String?]]) {
    var indexes: [String: Int] = [:]
    for (index, name) in names.enumerated() where indexes[name.lowercased()] == nil {
      indexes[name.lowercased()] = index
    }
    self.indexes = indexes
    self.rows = rows
  }

  /// One row by the names of its columns, whose places differ between releases.
  struct Row {
    fileprivate let indexes: [String: Int]
    fileprivate let values: [String?]

    /// The value under `name`; nil for NULL and where there is no such column.
    subscript(name: String) -> String? {
      guard let index = indexes[name], values.indices.contains(index) else { return nil }
      return values[index]
    }

    /// The same, with the empty text as nil: SHOW has no NULLs.
    func text(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
  }

  /// The rows, each with its names.
  var named: [Row] { rows.map { Row(indexes: indexes, values: $0) } }
}
