/// What a statement gives back, as its `statementTypeId` says.
///
/// Source: Snowflake reference, section 3.8.
enum SnowflakeStatementKind: Hashable, Sendable {
  /// Rows.
  case rows
  /// One row whose cells count what was changed.
  case changes
  /// Nothing but a row with one text, `status`.
  case none
  /// The results of several statements, each to be asked for by itself.
  case several

  /// The kind of an id; what no table row knows is told by the columns.
  ///
  /// So are rows of statements whose family has none, such as what ALTER EXTERNAL TABLE … REFRESH
  /// says of each file: they would be lost.
  /// - Parameter columnNames: the columns of the answer, nil where it has none.
  init(id: Int64?, columnNames: [String]?) {
    let names = columnNames ?? []
    let told = Self.told(by: names)
    let known = id.flatMap { Self.known(Int($0 & 0xFFFF)) } ?? told
    let hasCount = names.contains(where: SnowflakeChangeCount.isCount)
    let losesRows = known == .none || known == .changes && !hasCount
    self = told == .rows && losesRows ? .rows : known
  }

  private static func told(by names: [String]) -> SnowflakeStatementKind {
    if names.isEmpty || names.count == 1 && names[0].lowercased() == "status" { return .none }
    return names.allSatisfy(SnowflakeChangeCount.isCount) ? .changes : .rows
  }

  /// Ids that their family does not tell: COPY is of the family of DML but gives rows, LIST and
  /// SHOW are of that of commands.
  private static let exact: [Int: SnowflakeStatementKind] = [
    0x3600: .rows, 0x4400: .rows, 0x4500: .rows, 0x4701: .rows, 0x6244: .rows,
  ]

  private static let families: [Int: SnowflakeStatementKind] = [
    0x1000: .rows, 0x2000: .rows, 0x7000: .rows, 0x9000: .rows, 0x3000: .changes, 0x4000: .none,
    0x5000: .none, 0x6000: .none, 0x8000: .none, 0xA000: .several,
  ]

  private static func known(_ id: Int) -> SnowflakeStatementKind? {
    exact[id] ?? exact[id & 0xFF00] ?? families[id & 0xF000]
  }
}

/// How many rows a statement changed: the sum of the cells that count them.
///
/// Source: Snowflake reference, section 3.8 "DML count".
enum SnowflakeChangeCount {
  /// Whether a column counts rows that were changed; its name alone says so.
  static func isCount(_ name: String) -> Bool {
    let name = name.lowercased()
    // A multi-table INSERT has one column a table: `number of rows inserted into T`.
    return name.hasPrefix("number of rows inserted")
      || [
        "number of rows updated", "number of rows deleted", "number of multi-joined rows updated",
      ].contains(name)
  }

  /// The sum over the first row; nil where no column counts, or the sum has no 64 bits.
  ///
  /// - Parameter cells: one a column; nil for cells that are NULL or no whole number.
  static func sum(_ names: [String], _ cells: [Int64?]) -> Int64? {
    var sum: Int64?
    for (name, cell) in zip(names, cells) where isCount(name) {
      let (next, overflow) = (sum ?? 0).addingReportingOverflow(cell ?? 0)
      guard !overflow else { return nil }
      sum = next
    }
    return sum
  }
}
