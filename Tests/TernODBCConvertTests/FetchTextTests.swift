import TernColumns
import Testing

@testable import TernODBCConvert

@Suite struct FetchTextTests {
  static let texts = [
    "", "a", "abc", "äöü", "€uro", "a😀b", "😀😀", "0123456789abcdef-ü-0123456789", "abcdefgh😀",
  ]

  /// The longest prefix of whole characters with at most `most` units of a size.
  private func prefix(_ text: String, most: Int, _ size: (Unicode.Scalar) -> Int) -> String {
    var result = String.UnicodeScalarView()
    var used = 0
    for scalar in text.unicodeScalars {
      guard used + size(scalar) <= most else { break }
      used += size(scalar)
      result.append(scalar)
    }
    return String(result)
  }

  @Test(arguments: texts)
  func narrowTextIsCutBetweenCharacters(text: String) throws {
    for bufferLength in 0...text.utf8.count + 2 {
      let fetched = try fetch(.utf8, .text(text), as: CType.char, bufferLength: bufferLength)
      #expect(fetched.length == text.utf8.count)
      let fits = text.utf8.count < bufferLength
      #expect(fetched.outcome == (fits ? .exact : .truncated), "\(bufferLength)")
      #expect(fetched.application.isIntact)
      guard bufferLength > 0 else { continue }
      let wanted = prefix(text, most: bufferLength - 1) { UTF8.width($0) }
      #expect(fetched.bytes(wanted.utf8.count + 1) == Array(wanted.utf8) + [0])
      #expect(
        fetched.application.bytes(0).dropFirst(bufferLength).allSatisfy {
          $0 == Application.guardByte
        })
    }
  }

  @Test(arguments: texts)
  func wideTextIsCutBetweenCharacters(text: String) throws {
    let byteCount = text.utf16.count * 2
    for bufferLength in 0...byteCount + 5 {
      let fetched = try fetch(.utf8, .text(text), as: CType.wchar, bufferLength: bufferLength)
      #expect(fetched.length == byteCount)
      let fits = byteCount + 2 <= bufferLength
      #expect(fetched.outcome == (fits ? .exact : .truncated), "\(bufferLength)")
      guard bufferLength > 1 else { continue }
      #expect(fetched.wideText == prefix(text, most: bufferLength / 2 - 1) { UTF16.width($0) })
      #expect(
        fetched.application.bytes(0).dropFirst(bufferLength).allSatisfy {
          $0 == Application.guardByte
        })
    }
  }

  @Test func bytesHaveNoTerminator() throws {
    for bufferLength in 0...5 {
      let fetched = try fetch(
        .binary, .bytes([1, 2, 3]), as: CType.binary, bufferLength: bufferLength)
      #expect(fetched.length == 3)
      #expect(fetched.outcome == (bufferLength < 3 ? .truncated : .exact))
      #expect(
        fetched.bytes(3)
          == (0..<3).map { $0 < bufferLength ? UInt8($0 + 1) : Application.guardByte })
    }
    #expect(try fetch(.utf8, "ü", as: CType.binary).bytes(2) == [0xC3, 0xBC])
  }

  @Test(arguments: [(0, ""), (1, ""), (2, ""), (3, "0A"), (4, "0A"), (5, "0AFF"), (9, "0AFF")])
  func bytesBecomeWholePairsOfDigits(bufferLength: Int, text: String) throws {
    for (cType, unit) in [(CType.char, 1), (CType.wchar, 2)] {
      let fetched = try fetch(
        .binary, .bytes([10, 255]), as: cType, bufferLength: bufferLength * unit)
      #expect(fetched.length == 4 * unit)
      #expect(fetched.outcome == (bufferLength < 5 ? .truncated : .exact))
      if bufferLength > 0 { #expect((unit == 1 ? fetched.text : fetched.wideText) == text) }
    }
  }

  @Test(arguments: [
    (CType.char, "a😀b", 3, "a", 1), (CType.char, "abc", 2, "ab", 2),
    (CType.char, "abc", 9, "abc", 3),
  ])
  func maximalLengthsCutSilently(cType: Int16, text: String, most: Int, wanted: String, length: Int)
    throws
  {
    let fetched = try fetch(.utf8, .text(text), as: cType) { $0.byteCountMax = most }
    #expect(fetched.outcome == .exact)
    #expect(fetched.text == wanted)
    #expect(fetched.length == length)
  }

  @Test func maximalLengthsCutWideTextToo() throws {
    let fetched = try fetch(.utf8, "a😀b", as: CType.wchar) { $0.byteCountMax = 5 }
    #expect(fetched.outcome == .exact)
    #expect(fetched.wideText == "a")
    #expect(fetched.length == 2)
  }

  @Test func rowsKeepTheirDistanceAndNullsTheirBuffer() throws {
    let column = try column(.utf8, ["x", nil, "longer", "y", nil, "z"]).slice(1, count: 5)
    let converter = try ColumnConverter(
      ConversionRequest(dataType: .utf8, sqlType: 12, cType: CType.char))
    let application = Application(rowCount: 5, bufferLength: 4, stride: 9)
    let events = ConversionEvents()
    events.column = 3
    converter.write(column, 0..<2, to: application.target, firstRow: 0, events)
    converter.write(column, 2..<5, to: application.target.advanced(by: 2), firstRow: 2, events)
    #expect((0..<5).map { application.length($0) } == [-1, 6, 1, -1, 1])
    #expect(application.bytes(0).allSatisfy { $0 == Application.guardByte })
    #expect(application.bytes(1, count: 5) == Array("lon".utf8) + [0, Application.guardByte])
    #expect(application.bytes(4, count: 2) == [UInt8(ascii: "z"), 0])
    #expect(events.all == [ConversionEvents.Event(row: 1, column: 3, outcome: .truncated)])
    #expect(application.isIntact)
  }

  @Test func anIndicatorOfItsOwnOnlyTellsNull() throws {
    let source = try column(.int64, [1, nil])
    let converter = try ColumnConverter(
      ConversionRequest(dataType: .int64, sqlType: -5, cType: CType.sbigint))
    let application = Application(rowCount: 2, bufferLength: 8)
    let indicators = Application(rowCount: 2, bufferLength: 8)
    var target = application.target
    target.indicator = indicators.cell
    converter.write(source, 0..<2, to: target, firstRow: 0, ConversionEvents())
    #expect([indicators.length(0), indicators.length(1)] == [0, -1])
    #expect([application.length(0), application.length(1)] == [8, -77])
  }

  @Test func aNullNeedsAnIndicator() throws {
    let source = try column(.int64, [nil, 2])
    let converter = try ColumnConverter(
      ConversionRequest(dataType: .int64, sqlType: -5, cType: CType.sbigint))
    let application = Application(rowCount: 2, bufferLength: 8)
    var target = application.target
    (target.indicator, target.lengthCell) = (0, 0)
    let events = ConversionEvents()
    converter.write(source, 0..<2, to: target, firstRow: 7, events)
    #expect(events.all.map(\.outcome) == [.indicatorNeeded])
    #expect(events.all.first?.row == 7)
    #expect(application.value(1, Int64.self) == 2)
  }

  @Test func withoutABufferOnlyLengthsAreTold() throws {
    let source = try column(.utf8, ["äb"])
    for (cType, length) in [(CType.char, 3), (CType.wchar, 4), (CType.binary, 3)] {
      let converter = try ColumnConverter(
        ConversionRequest(dataType: .utf8, sqlType: 12, cType: cType))
      let application = Application(rowCount: 1, bufferLength: 8)
      var target = application.target
      target.data = 0
      let events = ConversionEvents()
      converter.write(source, 0..<1, to: target, firstRow: 0, events)
      #expect(application.length(0) == length)
      #expect(events.all.isEmpty)
    }
  }

  @Test func rowsOutsideOfTheColumnAreRefused() throws {
    let converter = try ColumnConverter(
      ConversionRequest(dataType: .int64, sqlType: -5, cType: CType.sbigint))
    let events = ConversionEvents()
    converter.write(
      try column(.int64, [1]), 0..<2, to: Application(rowCount: 2, bufferLength: 8).target,
      firstRow: 0, events)
    #expect(events.all.map(\.outcome) == [.corrupt])
  }

  @Test(arguments: [
    ("00112233-4455-6677-8899-aabbccddeeff", true),
    ("{00112233-4455-6677-8899-AABBCCDDEEFF}", true),
    ("00112233445566778899aabbccddeeff", true), ("00112233-4455-6677-8899-aabbccddeef", false),
    ("0011223-34455-6677-8899-aabbccddeeff", false), ("", false),
    ("zz112233-4455-6677-8899-aabbccddeeff", false),
  ])
  func identifiersComeFromText(text: String, isOne: Bool) throws {
    let fetched = try fetch(.utf8, .text(text), as: CType.guid)
    #expect(fetched.outcome == (isOne ? .exact : .invalidCast))
    guard isOne else { return }
    #expect(fetched.application.value(0, UInt32.self) == 0x0011_2233)
    #expect(fetched.application.value(0, UInt16.self, at: 4) == 0x4455)
    #expect(fetched.bytes(16).suffix(8) == [0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF])
  }

  @Test func identifiersAreText() throws {
    let fetched = try fetch(
      .fixedSizeBinary(16), .bytes(Array(0..<16)), as: CType.char, sqlType: CType.guid)
    #expect(fetched.text == "00010203-0405-0607-0809-0a0b0c0d0e0f")
    let native = try fetch(
      .fixedSizeBinary(16), .bytes(Array(0..<16)), as: CType.guid, sqlType: CType.guid)
    #expect(native.bytes(8) == [3, 2, 1, 0, 5, 4, 7, 6])
  }

  @Test func structuresAreJSON() throws {
    let fetched = try fetch(.list(Field("", .int64)), [1, nil], as: CType.wchar)
    #expect(fetched.wideText == "[1,null]")
    #expect(throws: (any Error).self) {
      try fetch(.list(Field("", .int64)), [1], as: CType.long)
    }
  }
}
