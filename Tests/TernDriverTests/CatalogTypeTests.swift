import TernDriver
import Testing

/// What SQLGetTypeInfo is told of a table of types.
struct CatalogTypeTests {
  private let types = [
    CatalogType("TEXT", ODBCType.wvarchar, size: 10, prefix: "'", isCaseSensitive: true),
    CatalogType("HASH", ODBCType.varchar, size: 5, prefix: "'"),
    CatalogType(
      "WHOLE", ODBCType.bigint, size: 19, radix: 10, isUnsigned: true, isAutoUnique: true),
    CatalogType("NAME", ODBCType.wvarchar, size: nil, searchable: 0),
    CatalogType("REAL", ODBCType.double, size: 15, radix: 2),
    CatalogType(
      "MONTHS", ODBCType.intervalYearToMonth, size: 12, prefix: "I '", suffix: "' M",
      parameters: "precision", scales: 0...9),
  ]

  private func answer(_ code: Int16) -> [[CatalogValue]] {
    CatalogRows(
      types, substitutes: [ODBCType.varchar: "TEXT", ODBCType.numeric: "WHOLE"], for: code
    ).rows
  }

  private func names(_ code: Int16) -> [CatalogValue] { answer(code).map { $0[0] } }

  @Test func allTypesComeByCodeAndThenInTheTablesOrder() {
    #expect(
      names(0) == [
        .text("TEXT"), .text("NAME"), .text("WHOLE"), .text("REAL"), .text("HASH"), .text("MONTHS"),
      ])
    #expect(answer(0).allSatisfy { $0.count == CatalogShape.typeInfo.columns.count })
  }

  @Test func aCodeIsServedByItsTypesOrByItsSubstitute() {
    #expect(names(ODBCType.wvarchar) == [.text("TEXT"), .text("NAME")])
    #expect(names(ODBCType.varchar) == [.text("TEXT")])
    #expect(answer(ODBCType.varchar).first?[1] == .integer(Int64(ODBCType.varchar)))
    #expect(answer(ODBCType.numeric).first?[15] == .integer(Int64(ODBCType.numeric)))
    #expect(names(ODBCType.date).isEmpty)
  }

  @Test func whatODBCDerivesIsDerived() throws {
    let rows = answer(0)
    #expect(
      rows[0] == [
        .text("TEXT"), .integer(-9), .integer(10), .text("'"), .text("'"), .null, .integer(1),
        .integer(1), .integer(2), .null, .integer(0), .null, .text("TEXT"), .null, .null,
        .integer(-9), .null, .null, .null,
      ])
    #expect(rows[1][2...8] == [.null, .null, .null, .null, .integer(1), .integer(0), .integer(0)])
    #expect(rows[2][9...11] == [.integer(1), .integer(0), .integer(1)])
    #expect(
      rows[3][9...11] == [.integer(0), .integer(0), .integer(0)] && rows[3][17] == .integer(2))
    #expect(rows[5][3...5] == [.text("I '"), .text("' M"), .text("precision")])
    #expect(
      rows[5][13...18] == [
        .integer(0), .integer(9), .integer(10), .integer(7), .null, .integer(2),
      ])
  }
}
