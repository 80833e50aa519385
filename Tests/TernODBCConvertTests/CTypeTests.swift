import CODBC
import Testing

@testable import TernODBCConvert

@Suite struct CTypeTests {
  @Test(
    arguments: [
      (SQL_C_CHAR, nil), (SQL_C_BIT, 1), (SQL_C_TINYINT, 1), (SQL_C_SHORT, 2),
      (SQL_C_LONG, 4), (SQL_C_FLOAT, 4), (SQL_C_DOUBLE, 8),
      (SQL_C_NUMERIC, MemoryLayout<SQL_NUMERIC_STRUCT>.size),
      (SQL_C_TYPE_DATE, MemoryLayout<SQL_DATE_STRUCT>.size),
      (SQL_C_TYPE_TIME, MemoryLayout<SQL_TIME_STRUCT>.size),
      (SQL_C_TYPE_TIMESTAMP, MemoryLayout<SQL_TIMESTAMP_STRUCT>.size),
      (SQL_C_DATE, MemoryLayout<SQL_DATE_STRUCT>.size), (SQL_C_TIME, 6), (SQL_C_TIMESTAMP, 16),
      (SQL_GUID, MemoryLayout<SQLGUID>.size), (101, MemoryLayout<SQL_INTERVAL_STRUCT>.size),
      (113, MemoryLayout<SQL_INTERVAL_STRUCT>.size),
    ] as [(Int32, Int?)])
  func sizesAreThoseOfTheHeaders(code: Int32, byteCount: Int?) throws {
    let target = try #require(CTarget(code: Int16(code)))
    #expect(target.byteCount == byteCount)
  }

  @Test(arguments: [0, 99, -99, 100, 114, 3, -150] as [Int16])
  func unknownCodesHaveNoTarget(code: Int16) {
    #expect(CTarget(code: code) == nil)
  }
}
