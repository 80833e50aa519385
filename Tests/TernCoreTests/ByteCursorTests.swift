import Testing

@testable import TernCore

@Suite struct ByteCursorTests {
  private let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]

  @Test func readsInOrder() throws {
    var cursor = ByteCursor(bytes.span)
    let first = try cursor.byte("a")
    let second = try cursor.bigEndian(2, "b")
    let third = try cursor.littleEndian(2, "c")
    #expect(first == 1 && second == 0x0203 && third == 0x0504)
    try cursor.skip(1, "d")
    let rest = try cursor.take(2, "e")
    let (count, seven, eight) = (rest.count, rest[0], rest[1])
    #expect(count == 2 && seven == 7 && eight == 8)
    let (offset, remaining) = (cursor.offset, cursor.remaining)
    #expect(offset == 8 && remaining == 1)
    let last = try cursor.byte("f")
    #expect(last == 9)
    try cursor.finish("the message")
  }

  @Test func readsEightBytesEitherWay() throws {
    var big = ByteCursor(bytes.span)
    let first = try big.bigEndian(8, "n")
    #expect(first == 0x0102_0304_0506_0708)
    var little = ByteCursor(bytes.span)
    let second = try little.littleEndian(8, "n")
    #expect(second == 0x0807_0605_0403_0201)
    let ones = [UInt8](repeating: 0xFF, count: 8)
    var full = ByteCursor(ones.span)
    let third = try full.bigEndian(8, "n")
    #expect(third == .max)
  }

  /// One below what is there, what is there, and one more.
  @Test(arguments: [
    (8, true), (9, true), (10, false), (Int.max, false), (-1, false), (Int.min, false),
  ])
  func lengthsAreChecked(count: Int, fits: Bool) {
    var cursor = ByteCursor(bytes.span)
    var taken: Int?
    do throws(TernError) {
      let span = try cursor.take(count, "the name")
      taken = span.count
    } catch {
      #expect(error.sqlState == .linkFailure && error.message.contains("the name at byte 0"))
    }
    #expect(taken == (fits ? count : nil))
    let offset = cursor.offset
    #expect(offset == (fits ? count : 0), "a refused read moves nothing")
    var other = ByteCursor(bytes.span)
    var isSkipped = true
    do throws(TernError) { try other.skip(count, "x") } catch { isSkipped = false }
    #expect(isSkipped == fits)
  }

  @Test(arguments: 0..<3)
  func endsAreErrorsWithTheirPlace(read: Int) throws {
    var cursor = ByteCursor(bytes.span)
    try cursor.skip(9, "all")
    do throws(TernError) {
      switch read {
      case 0: _ = try cursor.byte("the flag")
      case 1: _ = try cursor.bigEndian(4, "the flag")
      default: _ = try cursor.littleEndian(1, "the flag")
      }
      Issue.record("read beyond the end")
    } catch {
      #expect(error.message.contains("the flag at byte 9"))
    }
  }

  @Test func whatIsLeftOverIsAnError() throws {
    var cursor = ByteCursor(bytes.span)
    try cursor.skip(8, "most")
    do throws(TernError) {
      try cursor.finish("the reply")
      Issue.record("one byte is left")
    } catch {
      #expect(error.message.contains("bytes after the reply at byte 8"))
    }
  }
}
