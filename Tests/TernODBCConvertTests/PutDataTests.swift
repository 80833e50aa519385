import TernColumns
import TernCore
import Testing

@testable import TernODBCConvert

@Suite struct PutDataTests {
  private func parameter(_ application: Application, _ cType: Int16, _ sqlType: Int16)
    -> BoundParameter
  {
    BoundParameter(
      cType: cType, sqlType: sqlType, data: application.data, dataStride: 8, bufferLength: 8,
      indicator: application.cell, lengthCell: application.cell)
  }

  /// Sends `bytes` in pieces of `size`.
  private func send(_ bytes: [UInt8], by size: Int, to encoder: ParameterEncoder) throws {
    let piece = Application(rowCount: 1, bufferLength: max(size, 1))
    for start in stride(from: 0, to: bytes.count, by: size) {
      let part = Array(bytes[start..<min(start + size, bytes.count)])
      piece.set(0, part)
      try encoder.append(at: piece.data, part.count)
    }
    if bytes.isEmpty { try encoder.append(at: 0, 0) }
  }

  @Test(arguments: 1...9)
  func piecesMayCutCharacters(size: Int) throws {
    let text = "Grüße 😀 €"
    for (cType, bytes) in [
      (CType.char, Array(text.utf8)), (CType.wchar, ParameterTests.wide(text)),
    ] {
      let application = Application(rowCount: 1, bufferLength: 8)
      application.setLength(0, -2)
      let encoder = try ParameterEncoder([parameter(application, cType, 12)], setCount: 1)
      #expect(try encoder.nextAtExecution() == application.data)
      try send(bytes, by: size, to: encoder)
      #expect(try encoder.nextAtExecution() == nil)
      #expect(try encoder.encode()?.columns[0].text(at: 0) == text)
    }
  }

  @Test func setsAndParametersComeInOrder() throws {
    let first = Application(rowCount: 2, bufferLength: 8)
    let second = Application(rowCount: 2, bufferLength: 8)
    for row in 0..<2 {
      first.setLength(row, -105)
      second.setLength(row, row == 0 ? -1 : -2)
    }
    let encoder = try ParameterEncoder(
      [parameter(first, CType.binary, -3), parameter(second, CType.long, 4)], setCount: 2)
    #expect(try encoder.nextAtExecution() == first.data)
    try send([1, 2], by: 1, to: encoder)
    #expect(try encoder.nextAtExecution() == first.data + 8)
    try encoder.append(at: 0, -1)
    #expect(try encoder.nextAtExecution() == second.data + 8)
    try send(ParameterTests.raw(77 as Int32), by: 4, to: encoder)
    #expect(try encoder.nextAtExecution() == nil)
    let batch = try #require(try encoder.encode())
    #expect(try batch.columns[0].allValues() == [.bytes([1, 2]), nil])
    #expect(try batch.columns[1].allValues() == [nil, 77])
  }

  @Test func emptyAndTerminatedPiecesAreValues() throws {
    let application = Application(rowCount: 2, bufferLength: 8)
    application.setLength(0, -2)
    application.setLength(1, -100)
    let encoder = try ParameterEncoder([parameter(application, CType.char, 12)], setCount: 2)
    _ = try encoder.nextAtExecution()
    try send([], by: 1, to: encoder)
    _ = try encoder.nextAtExecution()
    let piece = Application(rowCount: 1, bufferLength: 4)
    piece.set(0, [UInt8(ascii: "a"), 0])
    try encoder.append(at: piece.data, -3)
    try encoder.append(at: piece.data, -3)
    #expect(try encoder.nextAtExecution() == nil)
    #expect(try encoder.encode()?.columns[0].allValues() == ["", "aa"])
  }

  private func state(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? TernError)?.sqlState.text
    }
  }

  @Test func piecesOutOfOrderAreRefused() throws {
    let application = Application(rowCount: 1, bufferLength: 8)
    application.setLength(0, -2)
    let encoder = try ParameterEncoder([parameter(application, CType.long, 4)], setCount: 1)
    #expect(state { try encoder.append(at: application.data, 4) } == "HY010")
    _ = try encoder.nextAtExecution()
    #expect(state { _ = try encoder.nextAtExecution() } == "HY010")
    #expect(state { try encoder.append(at: 0, 4) } == "HY009")
    try encoder.append(at: application.data, 4)
    #expect(state { try encoder.append(at: application.data, 4) } == "HY019")
    #expect(state { try encoder.append(at: application.data, -1) } == "HY020")
  }

  @Test func nullHasNoPieces() throws {
    let application = Application(rowCount: 1, bufferLength: 8)
    application.setLength(0, -2)
    let encoder = try ParameterEncoder([parameter(application, CType.char, 12)], setCount: 1)
    _ = try encoder.nextAtExecution()
    #expect(state { try encoder.append(at: application.data, -9) } == "HY090")
    try encoder.append(at: 0, -1)
    #expect(state { try encoder.append(at: application.data, 1) } == "HY020")
    #expect(try encoder.encode()?.columns[0].allValues() == [nil])
  }
}
