import Testing

@testable import TernColumns

/// What `ValueText` writes is what the general routines write, byte for byte.
@Suite struct ValueTextTests {
  private func text(_ value: Int64, scale: Int) -> String? {
    var bytes: [UInt8] = []
    let isWritten = unsafe ValueText.append(
      to: &bytes, { unsafe ValueText.write(value, scale: scale, at: $0) })
    return isWritten ? String(decoding: bytes, as: UTF8.self) : nil
  }

  private func text(days: Int) -> String? {
    var bytes: [UInt8] = []
    let isWritten = unsafe ValueText.append(
      to: &bytes, { unsafe ValueText.write(days: days, at: $0) })
    return isWritten ? String(decoding: bytes, as: UTF8.self) : nil
  }

  private func text(_ moment: WideTimestamp, _ digits: Int, _ showsOffset: Bool) -> String? {
    var bytes: [UInt8] = []
    let isWritten = unsafe ValueText.append(
      to: &bytes,
      { unsafe ValueText.write(moment, digits: digits, showsOffset: showsOffset, at: $0) })
    return isWritten ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// Around every power of ten and of two, and of both signs.
  private var integers: [Int64] {
    var values: Set<Int64> = [0, .min, .max]
    var power: UInt64 = 1
    for _ in 0..<19 {
      for near in [power - 1, power, power + 1, power &* 9] {
        values.insert(Int64(truncatingIfNeeded: near))
      }
      power *= 10
    }
    for bit in 0..<64 {
      for near: UInt64 in [1 << UInt64(bit), 1 << UInt64(bit) &- 1] {
        values.insert(Int64(truncatingIfNeeded: near))
      }
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      values.insert(Int64(truncatingIfNeeded: generator.next()) >> Int64.random(in: 0..<64))
    }
    return values.flatMap { [$0, 0 &- $0] }
  }

  @Test("decimals of every scale are written as the general way writes them")
  func decimals() {
    for value in integers {
      for scale in 0...18 {
        let expected = DecimalValue(unscaled: Int128(value), scale: scale).description
        #expect(text(value, scale: scale) == expected)
      }
      #expect(text(value, scale: 0) == String(value))
    }
    for scale in [-1, 19, 38, .min, .max] {
      #expect(text(1, scale: scale) == nil)
    }
  }

  @Test("the count of digits is right for every length")
  func digitCounts() {
    var power: UInt64 = 1
    for count in 1...19 {
      #expect(ValueText.digitCount(power) == count)
      #expect(ValueText.digitCount(power * 9 + (power - 1)) == count)
      power *= 10
    }
    #expect(ValueText.digitCount(0) == 1)
    #expect(ValueText.digitCount(power) == 20)
    #expect(ValueText.digitCount(.max) == 20)
  }

  @Test("every day of the years 0 to 9999 is written, and no other")
  func dates() {
    let first = CivilDate(year: 0, month: 1, day: 1).days
    let last = CivilDate(year: 9_999, month: 12, day: 31).days
    for days in Array(stride(from: first, through: last, by: 97)) + [first, last, -1, 0, 59] {
      var expected: [UInt8] = []
      MomentText.append(days: days, to: &expected)
      let written = text(days: days)
      #expect(written == String(decoding: expected, as: UTF8.self))
    }
    for days in [first - 1, last + 1, Int(Int32.min), Int(Int32.max), .min, .max] {
      #expect(text(days: days) == nil)
    }
  }

  @Test("moments are written as the general way writes them, or not at all")
  func moments() {
    let seconds: [Int64] = [0, -1, 86_399, -86_400, 951_782_400, 253_402_300_799, -62_135_596_800]
    let offsets: [Int32] = [0, 1, -1, 60, -330, 840, 5_999, -5_999]
    for second in seconds {
      for nanoseconds: Int32 in [0, 1, 999, 1_000, 123_456_789, 999_999_999] {
        for offset in offsets {
          for digits in 0...9 {
            check(
              WideTimestamp(seconds: second, nanoseconds: nanoseconds, offsetMinutes: offset),
              digits)
          }
        }
      }
    }
    let refused: [(Int64, Int32, Int32, Int)] = [
      (0, 0, 0, -1), (0, 0, 0, 10), (0, -1, 0, 3), (0, 1_000_000_000, 0, 3), (0, 0, 6_000, 3),
      (0, 0, .min, 3), (.max, 0, 1, 3), (.min, 0, -1, 3), (253_402_300_800, 0, 0, 3),
    ]
    for (second, nanoseconds, offset, digits) in refused {
      let moment = WideTimestamp(
        seconds: second, nanoseconds: nanoseconds, offsetMinutes: offset)
      let written = text(moment, digits, true)
      #expect(written == nil, "\(moment)")
    }
  }

  private func check(_ moment: WideTimestamp, _ digits: Int) {
    for showsOffset in [false, true] {
      let written = text(moment, digits, showsOffset)
      var expected: [UInt8] = []
      MomentText.append(moment, digits: digits, showsOffset: showsOffset, to: &expected)
      guard 0...9_999 ~= CivilDate(days: moment.wallDays).year else { continue }
      #expect(written == String(decoding: expected, as: UTF8.self), "\(moment) \(digits)")
    }
  }
}
