import TernColumns
import Testing

@testable import TernODBCConvert

@Suite struct PartReaderTests {
  /// Reads a value piece by piece; the bytes of all pieces, the lengths told, the last outcome.
  private func readAll(
    _ column: Column, as cType: Int16, sqlType: Int16 = 12, bufferLength: Int, unit: Int
  ) throws -> (bytes: [UInt8], lengths: [Int]) {
    let converter = try ColumnConverter(
      ConversionRequest(dataType: column.type, sqlType: sqlType, cType: cType))
    let reader = PartReader()
    var bytes: [UInt8] = []
    var lengths: [Int] = []
    for _ in 0..<200 {
      let application = Application(rowCount: 1, bufferLength: bufferLength)
      let part = reader.read(
        column, row: 0, rowNumber: 1, columnNumber: 1, converter, to: application.target)
      #expect(application.isIntact)
      guard case .delivered(let outcome) = part else { return (bytes, lengths) }
      lengths.append(application.length(0))
      guard !outcome.isError, application.length(0) >= 0 else {
        throw TestFailure(outcome: outcome)
      }
      var piece: [UInt8] = []
      if unit == 0 {
        piece = application.bytes(0, count: min(bufferLength, application.length(0)))
      } else {
        var offset = 0
        while offset + unit <= bufferLength {
          let next = Array(application.bytes(0)[offset..<offset + unit])
          if next.allSatisfy({ $0 == 0 }) { break }
          piece += next
          offset += unit
        }
      }
      bytes += piece
      if outcome == .exact {
        #expect(piece.count == lengths.last)
      } else {
        #expect(outcome == .truncated)
        #expect(piece.count > 0)
      }
    }
    throw TestFailure(outcome: .corrupt)
  }

  struct TestFailure: Error { let outcome: ConversionOutcome }

  @Test(arguments: ["", "a", "hello world", "äöü€", "😀a😀"])
  func piecesMakeTheWholeAndTellWhatIsLeft(text: String) throws {
    let source = try column(.utf8, [.text(text)])
    for bufferLength in 5...text.utf8.count + 6 {
      let (bytes, lengths) = try readAll(
        source, as: CType.char, bufferLength: bufferLength, unit: 1)
      #expect(bytes == Array(text.utf8))
      #expect(lengths.first == text.utf8.count)
      #expect(lengths == lengths.sorted(by: >))
    }
    for bufferLength in 6...text.utf16.count * 2 + 6 {
      let (bytes, lengths) = try readAll(
        source, as: CType.wchar, bufferLength: bufferLength, unit: 2)
      #expect(bytes == text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
      #expect(lengths.first == text.utf16.count * 2)
    }
    for bufferLength in 1...text.utf8.count + 2 {
      let (bytes, _) = try readAll(source, as: CType.binary, bufferLength: bufferLength, unit: 0)
      #expect(bytes == Array(text.utf8))
    }
  }

  @Test func digitsOfBytesComeInPairs() throws {
    let source = try column(.binary, [.bytes([1, 171, 255])])
    for bufferLength in 3...9 {
      let (bytes, lengths) = try readAll(
        source, as: CType.char, sqlType: -3, bufferLength: bufferLength, unit: 1)
      #expect(String(decoding: bytes, as: UTF8.self) == "01ABFF")
      #expect(lengths.first == 6)
    }
  }

  @Test func structuresComeInPieces() throws {
    let source = try column(.list(Field("", .int64)), [[1, 22, 333]])
    let (bytes, lengths) = try readAll(source, as: CType.char, bufferLength: 4, unit: 1)
    #expect(String(decoding: bytes, as: UTF8.self) == "[1,22,333]")
    #expect(lengths == [10, 7, 4, 1])
  }

  @Test func fixedValuesComeOnce() throws {
    let source = try column(.int64, [7])
    let converter = try ColumnConverter(
      ConversionRequest(dataType: .int64, sqlType: -5, cType: CType.sbigint))
    let reader = PartReader()
    let application = Application(rowCount: 1, bufferLength: 8)
    func read(_ column: Int) -> PartReader.Part {
      reader.read(
        source, row: 0, rowNumber: 1, columnNumber: column, converter, to: application.target)
    }
    #expect(read(1) == .delivered(.exact))
    #expect(read(1) == .noData)
    #expect(read(2) == .delivered(.exact))
    #expect(read(1) == .delivered(.exact))
    reader.reset()
    #expect(read(1) == .delivered(.exact))
    #expect(application.value(0, Int64.self) == 7)
  }

  @Test func nullsComeOnceAndNeedAnIndicator() throws {
    let source = try column(.utf8, [nil])
    let converter = try ColumnConverter(
      ConversionRequest(dataType: .utf8, sqlType: 12, cType: CType.char))
    let reader = PartReader()
    let application = Application(rowCount: 1, bufferLength: 8)
    var target = application.target
    (target.indicator, target.lengthCell) = (0, 0)
    #expect(
      reader.read(source, row: 0, rowNumber: 1, columnNumber: 1, converter, to: target)
        == .delivered(.indicatorNeeded))
    target = application.target
    #expect(
      reader.read(source, row: 0, rowNumber: 1, columnNumber: 1, converter, to: target)
        == .delivered(.exact))
    #expect(application.length(0) == -1)
    #expect(
      reader.read(source, row: 0, rowNumber: 1, columnNumber: 1, converter, to: target) == .noData)
  }

  @Test(arguments: [
    (CType.char, 0), (CType.char, 1), (CType.wchar, 0), (CType.wchar, 2), (CType.binary, 0),
  ])
  func probesConsumeNothing(cType: Int16, bufferLength: Int) throws {
    let source = try column(.utf8, ["abc"])
    let converter = try ColumnConverter(
      ConversionRequest(dataType: .utf8, sqlType: 12, cType: cType))
    let reader = PartReader()
    let whole = cType == CType.wchar ? 6 : 3
    for size in [bufferLength, bufferLength, 16] {
      let application = Application(rowCount: 1, bufferLength: size)
      let part = reader.read(
        source, row: 0, rowNumber: 1, columnNumber: 1, converter, to: application.target)
      #expect(part == .delivered(size == 16 ? .exact : .truncated))
      #expect(application.length(0) == whole)
      #expect(application.isIntact)
    }
  }

  @Test func numbersAreNotCutBeforeThePoint() throws {
    let source = try column(
      .decimal128(precision: 9, scale: 2), [.decimal(DecimalValue(unscaled: 123456, scale: 2))])
    let converter = try ColumnConverter(
      ConversionRequest(dataType: source.type, sqlType: 3, cType: CType.char))
    let reader = PartReader()
    func read(_ size: Int) -> (PartReader.Part, Application) {
      let application = Application(rowCount: 1, bufferLength: size)
      return (
        reader.read(
          source, row: 0, rowNumber: 1, columnNumber: 1, converter, to: application.target),
        application
      )
    }
    #expect(read(1).0 == .delivered(.truncated))
    #expect(read(3).0 == .delivered(.numberOutOfRange))
    let (part, application) = read(7)
    #expect(part == .delivered(.truncated))
    #expect(application.length(0) == 7)
    let (rest, last) = read(7)
    #expect(rest == .delivered(.exact))
    #expect(last.length(0) == 1)
    #expect(last.bytes(0, count: 2) == [UInt8(ascii: "6"), 0])
    #expect(read(7).0 == .noData)
  }
}
