/// A short text that is built from its end, in memory of fixed size: digits come out that way.
///
/// Sound because the memory outlives the value (it is made inside `ColumnConverter.ascii` only)
/// and every write checks that there is room.
@safe struct ASCIIText {
  /// Room for the longest number.
  static let capacity = 96

  private let memory: UnsafeMutablePointer<UInt8>
  private var start = ASCIIText.capacity

  @unsafe init(_ memory: UnsafeMutablePointer<UInt8>) { unsafe self.memory = memory }

  /// Forgets the text.
  @inline(__always)
  mutating func removeAll() { start = ASCIIText.capacity }

  /// The text so far.
  @inline(__always)
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(
      start: memory + start, count: ASCIIText.capacity &- start)
  }

  /// Puts a character in front.
  @inline(__always)
  mutating func prepend(_ byte: UInt8) {
    guard start > 0 else { return }
    start &-= 1
    unsafe memory[start] = byte
  }

  /// Puts a word in front of nothing.
  mutating func append(_ word: StaticString) {
    guard word.hasPointerRepresentation else { return }
    for index in (0..<word.utf8CodeUnitCount).reversed() {
      prepend(unsafe word.utf8Start[index])
    }
  }

  /// Puts digits in front, with zeros up to `digitCountMin`.
  @inline(__always)
  mutating func prepend(_ value: UInt64, digitCountMin: Int) {
    var rest = value
    let end = start
    while rest >= 100 {
      let (next, pair) = rest.quotientAndRemainder(dividingBy: 100)
      rest = next
      prepend(0x30 &+ UInt8(truncatingIfNeeded: pair % 10))
      prepend(0x30 &+ UInt8(truncatingIfNeeded: pair / 10))
    }
    if rest >= 10 {
      prepend(0x30 &+ UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
      prepend(0x30 &+ UInt8(truncatingIfNeeded: rest))
    } else if rest > 0 {
      prepend(0x30 &+ UInt8(truncatingIfNeeded: rest))
    }
    while end &- start < digitCountMin, start > 0 { prepend(0x30) }
  }

  /// Puts two digits in front.
  @inline(__always)
  mutating func prependPair(_ value: Int32) {
    prepend(0x30 &+ UInt8(truncatingIfNeeded: value % 10))
    prepend(0x30 &+ UInt8(truncatingIfNeeded: value / 10))
  }

  /// Puts `YYYY-MM-DD` in front; years below 0 or above 9999 have a sign.
  @inline(__always)
  mutating func prependDate(_ year: Int, _ month: Int32, _ day: Int32) {
    prependPair(day)
    prepend(UInt8(ascii: "-"))
    prependPair(month)
    prepend(UInt8(ascii: "-"))
    if 0...9_999 ~= year {
      prependPair(Int32(truncatingIfNeeded: year % 100))
      prependPair(Int32(truncatingIfNeeded: year / 100))
    } else {
      prepend(UInt64(truncatingIfNeeded: year.magnitude), digitCountMin: 4)
      prepend(year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    }
  }

  /// Puts digits in front, in words of 18: division of wide numbers is slow.
  @inline(__always)
  mutating func prepend(_ value: UInt128, digitCountMin: Int) {
    if let short = UInt64(exactly: value) {
      return prepend(short, digitCountMin: digitCountMin)
    }
    prependWide(value, digitCountMin: digitCountMin)
  }

  @inline(never)
  private mutating func prependWide(_ value: UInt128, digitCountMin: Int) {
    let word: UInt128 = 1_000_000_000_000_000_000
    var rest = value
    var missing = digitCountMin
    while rest > UInt128(UInt64.max) {
      let (next, digits) = rest.quotientAndRemainder(dividingBy: word)
      prepend(UInt64(truncatingIfNeeded: digits), digitCountMin: 18)
      rest = next
      missing &-= 18
    }
    prepend(UInt64(truncatingIfNeeded: rest), digitCountMin: max(missing, 1))
  }

  /// Puts a point in front of the last `scale` digits; nothing for 0.
  @inline(__always)
  mutating func insertPoint(_ scale: Int) {
    guard scale > 0, start > 0, ASCIIText.capacity &- start > scale else { return }
    let point = ASCIIText.capacity &- scale &- 1
    // Sound: the digits before the point move one byte to the front, where there is room.
    for index in start...point { unsafe memory[index &- 1] = memory[index] }
    start &-= 1
    unsafe memory[point] = UInt8(ascii: ".")
  }
}
