import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernCommand

@Suite struct ParameterRowTests {
  private func describe(_ types: [DataType]) -> [ParameterDescription] {
    types.map {
      ParameterDescription(
        dataType: $0, sql: SQLColumnType(typeName: "", odbcType: 0, columnSize: nil))
    }
  }

  @Test func followsWhatTheServerSays() throws {
    let types: [DataType] = [
      .int32, .decimal128(precision: 10, scale: 2), .float64, .bool, .utf8, .date32, .int64,
    ]
    let batch = try ParameterRow.make(
      ["7", "1.50", "1e3", "true", "x", "2024-01-31", nil], describe(types))
    #expect(batch.columns.map(\.type) == Array(types.prefix(5)) + [.utf8, .int64])
    #expect(
      try batch.row(0) == [
        7, .decimal(DecimalValue(unscaled: 150, scale: 2)), 1000.0, true, "x", "2024-01-31", nil,
      ])
  }

  @Test func isTextWhereTheServerIsSilent() throws {
    let batch = try ParameterRow.make(["7", nil], nil)
    #expect(try batch.row(0) == ["7", nil])
    #expect(batch.columns.map(\.type) == [.utf8, .utf8])
  }

  @Test(arguments: [
    ("x", DataType.int32), ("1.5", .int32), ("3000000000", .int32), ("maybe", .bool),
    ("1.234", .decimal128(precision: 10, scale: 2)), ("one", .float64),
  ])
  func refusesWhatDoesNotFit(text: String, type: DataType) {
    do throws(TernError) {
      _ = try ParameterRow.make([text], describe([type]))
      Issue.record("no error")
    } catch {
      #expect(error.kind == .data)
      #expect(error.message.contains("--param"))
    }
  }

  @Test(
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
      (.max, "9,223,372,036,854,775,807"),
    ] as [(Int64, String)])
  func groupsDigits(number: Int64, text: String) {
    #expect(Amounts.count(number) == text)
  }

  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
      (1_500_000_000, "1.5 GB"),
    ] as [(Int64, String)])
  func roundsSizes(byteCount: Int64, text: String) {
    #expect(Amounts.size(byteCount) == text)
  }

  @Test(
    arguments: [
      (0, "0.000 s"), (12_000_000, "0.012 s"), (9_999_600_000, "10.000 s"),
      (75_320_000_000, "75.3 s"),
    ] as [(Int64, String)])
  func roundsTimes(nanoseconds: Int64, text: String) {
    #expect(Amounts.time(nanoseconds: nanoseconds) == text)
  }
}
