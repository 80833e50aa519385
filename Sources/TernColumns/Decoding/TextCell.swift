private import CTern

/// Strings without escapes, copied 32 bytes at a step and checked to be UTF-8.
enum TextCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 4 }
  @inline(__always) static var isText: Bool { true }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard unsafe byte(start) == UInt8(ascii: "\"") else { return nil }
    var source = unsafe start + 1
    var target = unsafe sink.data
    guard unsafe target <= sink.dataLimit else { return nil }
    var (stops, highBits) = unsafe copy(source, target)
    if stops != 0 {
      // The bits of the text, and of the byte behind it.
      let used = stops ^ (stops &- 1)
      let run = stops.trailingZeroBitCount
      guard unsafe highBits & used == 0 || UTF8Check.isValid(source, used, highBits) else {
        return nil
      }
      unsafe source += run
      unsafe target += run
    } else {
      while stops == 0 {
        unsafe source += 32
        unsafe target += 32
        guard unsafe target <= sink.dataLimit else { return nil }
        let next = unsafe copy(source, target)
        stops = next.stops
        highBits |= next.highBits
      }
      unsafe source += stops.trailingZeroBitCount
      unsafe target += stops.trailingZeroBitCount
      // High bits behind the text only make the check needless, not wrong.
      let text = unsafe UnsafeRawBufferPointer(start: sink.data, count: target - sink.data)
      guard unsafe highBits == 0 || UTF8Check.isValid(text) else { return nil }
    }
    guard unsafe byte(source) == UInt8(ascii: "\"") && target <= sink.dataLimit else { return nil }
    unsafe sink.dataEnd = target
    unsafe sink.values.storeBytes(
      of: Int32(truncatingIfNeeded: target - sink.dataStart), as: Int32.self)
    return unsafe source + 1
  }

  /// Copies 32 bytes; which of them end a text, and which are not ASCII.
  ///
  /// Sound: 64 bytes may be written behind `dataLimit`, and are there to be read behind the
  /// window's end; 32 at a time, because most texts then need one step.
  @inline(__always)
  @unsafe private static func copy(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer
  ) -> (stops: UInt32, highBits: UInt32) {
    unsafe tern_copy_16(target, source)
    unsafe tern_copy_16(target + 16, source + 16)
    let stops = unsafe tern_text_stops(source) | tern_text_stops(source + 16) &<< 16
    let high = unsafe tern_text_high_bits(source) | tern_text_high_bits(source + 16) &<< 16
    return (stops, high)
  }
}
