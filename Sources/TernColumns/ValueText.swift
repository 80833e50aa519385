private import CTern

/// The canonical text of numbers and moments, written into the caller's memory: for one value at a
/// time and millions of them. `Column.appendText` writes the same for every type and value.
///
/// Sound in all that follows: the caller has room for `byteCountMax` bytes, no text is longer, and
/// every count of digits is bounded before they are written.
public enum ValueText {
  /// Room that each call needs.
  public static let byteCountMax = 64

  /// Writes a decimal with exactly `scale` digits behind the point and a zero before it; returns
  /// the bytes, or nil for a scale that is not 0 to 18.
  @unsafe public static func write(
    _ unscaled: Int64, scale: Int, at target: UnsafeMutableRawPointer
  ) -> Int? {
    guard 0...18 ~= scale else { return nil }
    let magnitude = unscaled.magnitude
    var next = unsafe target
    if unscaled < 0 { unsafe put(UInt8(ascii: "-"), &next) }
    guard scale > 0 else {
      unsafe put(magnitude, digitCount(magnitude), &next)
      return unsafe next - target
    }
    let unit = tern_power_of_ten(UInt64(scale))
    let whole = magnitude / unit
    unsafe put(whole, digitCount(whole), &next)
    unsafe put(UInt8(ascii: "."), &next)
    unsafe put(magnitude &- whole &* unit, scale, &next)
    return unsafe next - target
  }

  /// Writes `YYYY-MM-DD`; nil for years outside 0 to 9999.
  @unsafe public static func write(days: Int, at target: UnsafeMutableRawPointer) -> Int? {
    let date = CivilDate(days: days)
    guard 0...9_999 ~= date.year else { return nil }
    var next = unsafe target
    unsafe putPair(date.year / 100, &next)
    unsafe putPair(date.year % 100, &next)
    unsafe put(UInt8(ascii: "-"), &next)
    unsafe putPair(date.month, &next)
    unsafe put(UInt8(ascii: "-"), &next)
    unsafe putPair(date.day, &next)
    return unsafe next - target
  }

  /// Writes `YYYY-MM-DD HH:MM:SS[.f]` of the wall clock with `digits` digits of the fraction, and
  /// with `showsOffset` then ` +HH:MM`; nil for years outside 0 to 9999, digits outside 0 to 9,
  /// and offsets that are none.
  @unsafe public static func write(
    _ moment: WideTimestamp, digits: Int, showsOffset: Bool, at target: UnsafeMutableRawPointer
  ) -> Int? {
    guard 0...9 ~= digits, 0..<1_000_000_000 ~= moment.nanoseconds,
      moment.offsetMinutes.magnitude < 6_000,
      let dayByteCount = unsafe write(days: moment.wallDays, at: target)
    else { return nil }
    var next = unsafe target + dayByteCount
    let second = Int(moment.nanosecondsOfDay / 1_000_000_000)
    unsafe put(UInt8(ascii: " "), &next)
    unsafe putPair(second / 3_600, &next)
    unsafe put(UInt8(ascii: ":"), &next)
    unsafe putPair(second / 60 % 60, &next)
    unsafe put(UInt8(ascii: ":"), &next)
    unsafe putPair(second % 60, &next)
    if digits > 0 {
      let unit = tern_power_of_ten(UInt64(9 - digits))
      unsafe put(UInt8(ascii: "."), &next)
      unsafe put(UInt64(moment.nanoseconds) / unit, digits, &next)
    }
    if showsOffset {
      let minutes = Int(moment.offsetMinutes.magnitude)
      unsafe put(UInt8(ascii: " "), &next)
      unsafe put(moment.offsetMinutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"), &next)
      unsafe putPair(minutes / 60, &next)
      unsafe put(UInt8(ascii: ":"), &next)
      unsafe putPair(minutes % 60, &next)
    }
    return unsafe next - target
  }

  /// Decimal digits of a number, 1 to 20.
  @inline(__always)
  static func digitCount(_ value: UInt64) -> Int {
    // 1233 / 4096 is just above log10(2): the estimate is right or one too small.
    let bits = 64 &- (value | 1).leadingZeroBitCount
    let estimate = (bits &* 1_233) &>> 12
    return estimate &+ ((value | 1) >= tern_power_of_ten(UInt64(estimate)) ? 1 : 0)
  }

  @inline(__always)
  private static func put(_ byte: UInt8, _ next: inout UnsafeMutableRawPointer) {
    unsafe next.storeBytes(of: byte, as: UInt8.self)
    unsafe next += 1
  }

  @inline(__always)
  private static func putPair(_ value: Int, _ next: inout UnsafeMutableRawPointer) {
    unsafe next.storeBytes(of: tern_digit_pair(UInt64(value)), as: UInt16.self)
    unsafe next += 2
  }

  /// Writes the last `count` digits of `value`, from the end.
  @inline(__always)
  private static func put(
    _ value: UInt64, _ count: Int, _ next: inout UnsafeMutableRawPointer
  ) {
    var rest = value
    var index = count
    while index >= 2 {
      index &-= 2
      unsafe next.storeBytes(
        of: tern_digit_pair(rest % 100), toByteOffset: index, as: UInt16.self)
      rest /= 100
    }
    if index == 1 { unsafe next.storeBytes(of: 0x30 &+ UInt8(rest % 10), as: UInt8.self) }
    unsafe next += count
  }
}

extension ValueText {
  /// Appends what `write` writes; false if it writes nothing.
  static func append(
    to text: inout [UInt8], _ write: (UnsafeMutableRawPointer) -> Int?
  ) -> Bool {
    // Sound: the memory is as long as promised, and only what was written is copied.
    unsafe withUnsafeTemporaryAllocation(byteCount: byteCountMax, alignment: 8) { memory in
      guard let start = memory.baseAddress, let count = unsafe write(start) else { return false }
      unsafe text.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
      return true
    }
  }
}
