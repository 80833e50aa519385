private import CTern

/// Whole numbers of any width, bare or in quotes.
enum IntegerCell<Stored: FixedWidthInteger & BitwiseCopyable>: CellFormat {
  @inline(__always) static var byteWidth: Int { MemoryLayout<Stored>.size }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    var next = unsafe start
    let isQuoted = unsafe byte(next) == UInt8(ascii: "\"")
    if isQuoted { unsafe next += 1 }
    let isNegative = unsafe byte(next) == UInt8(ascii: "-")
    if isNegative { unsafe next += 1 }
    guard let (magnitude, end) = unsafe Integer.read(next) else { return nil }
    unsafe next = end
    if isQuoted {
      guard unsafe byte(next) == UInt8(ascii: "\"") else { return nil }
      unsafe next += 1
    }
    let value: Stored
    if isNegative {
      // The magnitude has at most 19 digits, so its complement fits the wider signed type.
      guard let narrow = Stored(exactly: -Int128(magnitude)) else { return nil }
      value = narrow
    } else {
      guard let narrow = Stored(exactly: magnitude) else { return nil }
      value = narrow
    }
    unsafe sink.values.storeBytes(of: value, as: Stored.self)
    return unsafe next
  }
}

/// true and false, and 0 and 1 in quotes; bare numbers and words in quotes go the slow way.
enum BoolCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 0 }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    let word = unsafe UInt32(littleEndian: start.loadUnaligned(as: UInt32.self))
    // Letters stand lowest first: "true", and `"1"`, which differs from `"0"` in one bit.
    let isDigit = word & 0x00FF_FEFF == 0x0022_3022
    let isTrue = word == 0x6575_7274 || (isDigit && word & 0x100 != 0)
    let isFalse = unsafe isDigit || (word == 0x736C_6166 && byte(start + 4) == UInt8(ascii: "e"))
    guard isTrue || isFalse else {
      return nil
    }
    let index = sink.rowOffset &+ sink.rowCount
    // Sound: `CellSink` prepared the byte of this bit. It may hold the bit of an attempt that
    // was given up, so both values are written.
    let mask = UInt8(1) << UInt8(index & 7)
    let old = unsafe sink.values.load(fromByteOffset: index >> 3, as: UInt8.self)
    let new = isTrue ? old | mask : old & ~mask
    unsafe sink.values.storeBytes(of: new, toByteOffset: index >> 3, as: UInt8.self)
    return unsafe start + (isDigit ? 3 : isTrue ? 4 : 5)
  }
}

/// Runs of decimal digits.
enum Integer {
  /// A whole number of up to 19 digits without a superfluous zero, and the byte behind it.
  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer
  ) -> (magnitude: UInt64, end: UnsafeRawPointer)? {
    let first = unsafe DigitBlock(start)
    let zeroCount = unsafe byte(start) == UInt8(ascii: "0") ? first.count : 1
    guard zeroCount == 1, first.count > 0 else { return nil }
    if first.count < 8 { return unsafe (first.value, start + first.count) }
    let second = unsafe DigitBlock(start + 8)
    if second.count == 0 { return unsafe (first.value, start + 8) }
    let leading = first.value &* tern_power_of_ten(UInt64(second.count)) &+ second.value
    if second.count < 8 { return unsafe (leading, start + 8 + second.count) }
    let third = unsafe DigitBlock(start + 16)
    if third.count == 0 { return unsafe (leading, start + 16) }
    guard third.count <= 3 else { return nil }
    // 16 and 3 digits stay below 2^64.
    let value = leading &* tern_power_of_ten(UInt64(third.count)) &+ third.value
    return unsafe (value, start + 16 + third.count)
  }
}
