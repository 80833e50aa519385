import TernColumns
import Testing

@testable import TernODBCConvert

@Suite struct RoundTripTests {
  /// A small generator, so that failures repeat.
  struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  /// C bytes of a random value.
  private func bytes(_ cType: Int16, _ numbers: inout Numbers) -> [UInt8] {
    switch cType {
    case CType.bit: return [UInt8.random(in: 0...1, using: &numbers)]
    case CType.double:
      return ParameterTests.raw(Double.random(in: -1e9...1e9, using: &numbers))
    case CType.float: return ParameterTests.raw(Float.random(in: -1e9...1e9, using: &numbers))
    case CType.date, CType.time, CType.timestamp:
      let date = ParameterTests.raw(
        Int16.random(in: 1...9999, using: &numbers), Int16.random(in: 1...12, using: &numbers),
        Int16.random(in: 1...28, using: &numbers))
      let time = ParameterTests.raw(
        Int16.random(in: 0...23, using: &numbers), Int16.random(in: 0...59, using: &numbers),
        Int16.random(in: 0...59, using: &numbers))
      if cType == CType.date { return date }
      if cType == CType.time { return time }
      return date + time + ParameterTests.raw(UInt32.random(in: 0...999_999_999, using: &numbers))
    case CType.char:
      return (0..<Int.random(in: 0...20, using: &numbers)).map { _ in
        UInt8.random(in: 1...127, using: &numbers)
      }
    case CType.wchar:
      let scalars: [String] = ["a", "ü", "€", "😀", "z", " "]
      return ParameterTests.wide(
        (0..<Int.random(in: 0...9, using: &numbers)).map { _ in
          scalars.randomElement(using: &numbers) ?? ""
        }.joined())
    case CType.numeric:
      return ParameterTests.raw(38 as UInt8, 4, UInt8.random(in: 0...1, using: &numbers))
        + ParameterTests.raw(UInt64.random(in: 1...UInt64.max, using: &numbers), 0)
    case 107:
      return ParameterTests.raw(7 as Int32)
        + ParameterTests.raw(Int16.random(in: 0...1, using: &numbers), 0)
        + ParameterTests.raw(
          UInt32.random(in: 1...999, using: &numbers), UInt32.random(in: 0...11, using: &numbers),
          0, 0, 0)
    case 110:
      return ParameterTests.raw(10 as Int32)
        + ParameterTests.raw(Int16.random(in: 0...1, using: &numbers), 0)
        + ParameterTests.raw(
          UInt32.random(in: 1...9999, using: &numbers), UInt32.random(in: 0...23, using: &numbers),
          UInt32.random(in: 0...59, using: &numbers), UInt32.random(in: 0...59, using: &numbers),
          UInt32.random(in: 0...999_999, using: &numbers))
    default:
      let count = CTarget(code: cType)?.byteCount ?? Int.random(in: 0...20, using: &numbers)
      return (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    }
  }

  @Test(
    arguments: [
      (CType.bit, -7), (CType.stinyint, -6), (CType.utinyint, -6), (CType.sshort, 5),
      (CType.ushort, 5), (CType.slong, 4), (CType.ulong, 4), (CType.sbigint, -5),
      (CType.ubigint, -5), (CType.float, 7), (CType.double, 8), (CType.numeric, 2),
      (CType.date, 91), (CType.time, 92), (CType.timestamp, 93), (CType.guid, -11),
      (CType.char, 12), (CType.wchar, -9), (CType.binary, -3), (107, 107), (110, 110),
    ] as [(Int16, Int16)])
  func parametersComeBackAsTheyWere(cType: Int16, sqlType: Int16) throws {
    var numbers = Numbers(state: UInt64(bitPattern: Int64(cType)) &+ 7)
    let rowCount = 50
    let application = Application(rowCount: rowCount, bufferLength: 64)
    var sent: [[UInt8]?] = []
    for row in 0..<rowCount {
      let value = row % 7 == 3 ? nil : bytes(cType, &numbers)
      sent.append(value)
      application.set(row, value ?? [])
      application.setLength(row, value?.count ?? -1)
    }
    let encoder = try ParameterEncoder(
      [
        BoundParameter(
          cType: cType, sqlType: sqlType, data: application.data, dataStride: 64,
          bufferLength: 64, indicator: application.cell, lengthCell: application.cell)
      ], setCount: rowCount)
    let batch = try #require(try encoder.encode())
    let column = batch.columns[0]
    let back = Application(rowCount: rowCount, bufferLength: 64)
    let events = ConversionEvents()
    let converter = try ColumnConverter(
      ConversionRequest(dataType: column.type, sqlType: sqlType, cType: cType))
    converter.write(column, 0..<rowCount, to: back.target, firstRow: 0, events)
    #expect(events.all.isEmpty)
    for row in 0..<rowCount {
      guard let value = sent[row] else {
        #expect(back.length(row) == -1)
        continue
      }
      #expect(back.length(row) == value.count)
      #expect(back.bytes(row, count: value.count) == value)
    }
  }
}
