import Testing

@testable import TernSnowflake

/// What a statement's id says of its result.
struct StatementKindTests {
  @Test(
    "trap 34: each statement is of the kind that its id says, not its neighbours'",
    arguments: [
      (0x1000, .rows), (0x2000, .rows), (0x9000, .rows), (0x4400, .rows), (0x4500, .rows),
      (0x4701, .rows), (0x7000, .rows), (0x7101, .rows), (0x7102, .rows), (0x7103, .rows),
      (0x3600, .rows), (0x3601, .rows), (0x6244, .rows), (0x3000, .changes), (0x3100, .changes),
      (0x3200, .changes), (0x3300, .changes), (0x3400, .changes), (0x3500, .changes),
      (0x3700, .changes), (0x3800, .changes), (0x3101, .changes), (0x4000, .none),
      (0x4100, .none), (0x4300, .none), (0x5000, .none), (0x5100, .none), (0x6000, .none),
      (0x6101, .none), (0x6300, .none), (0x8000, .none), (0xA000, .several),
    ] as [(Int64, SnowflakeStatementKind)])
  func trap34IdsHaveKinds(id: Int64, kind: SnowflakeStatementKind) {
    // The columns must not matter where the id is known.
    #expect(SnowflakeStatementKind(id: id, columnNames: ["status"]) == kind)
    #expect(SnowflakeStatementKind(id: id, columnNames: ["number of rows inserted"]) == kind)
    #expect(SnowflakeStatementKind(id: id, columnNames: nil) == kind)
  }

  @Test(arguments: [0x4000, 0x6000, 0x8000, 0x3700] as [Int64])
  func rowsAreNotLostWhateverTheIdSays(id: Int64) {
    #expect(SnowflakeStatementKind(id: id, columnNames: ["file", "status"]) == .rows)
    #expect(SnowflakeStatementKind(id: id, columnNames: ["token_secret"]) == .rows)
    let counted = ["number of rows inserted", "something new"]
    #expect(SnowflakeStatementKind(id: 0x3100, columnNames: counted) == .changes)
  }

  @Test func unknownIdsAreToldByTheColumns() {
    for id in [nil, 0, 0xB000, 0xFFFF, -1, Int64.max, Int64.min] as [Int64?] {
      #expect(SnowflakeStatementKind(id: id, columnNames: ["Status"]) == .none)
      #expect(SnowflakeStatementKind(id: id, columnNames: ["status", "b"]) == .rows)
      #expect(SnowflakeStatementKind(id: id, columnNames: ["A"]) == .rows)
      #expect(SnowflakeStatementKind(id: id, columnNames: ["number of rows updated"]) == .changes)
      #expect(SnowflakeStatementKind(id: id, columnNames: []) == .none)
      #expect(SnowflakeStatementKind(id: id, columnNames: nil) == .none)
    }
  }

  @Test(
    "trap 34: only the cells that count changed rows are added up",
    arguments: [
      (["number of rows inserted"], [3], 3),
      (["number of rows updated", "number of multi-joined rows updated"], [1, 0], 1),
      (["number of rows updated", "number of multi-joined rows updated"], [5, 2], 7),
      (["number of rows inserted", "number of rows updated"], [0, 1], 1),
      (["Number of Rows Deleted"], [4], 4),
      (["number of rows inserted into A", "number of rows inserted into B"], [2, 3], 5),
      (["number of rows inserted", "rows_loaded"], [2, 100], 2),
      (["rows_loaded"], [100], nil), ([], [], nil),
      (["number of rows inserted", "number of rows deleted"], [Int64.max, 1], nil),
      (["number of rows inserted"], [nil], 0),
    ] as [([String], [Int64?], Int64?)])
  func trap34Counts(names: [String], cells: [Int64?], sum: Int64?) {
    #expect(SnowflakeChangeCount.sum(names, cells) == sum)
  }
}
