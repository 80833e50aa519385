private import CTern

/// Strings without escapes, copied 16 bytes at a step and checked to be UTF-8.
enum TextCell: CellFormat {
  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard unsafe byte(start) == UInt8(ascii: "\"") else { return nil }
    var source = unsafe start + 1
    var target = unsafe sink.data
    var highBits: UInt32 = 0
    while true {
      // Sound: 64 bytes may be written behind `dataLimit`, 16 read behind the window's end.
      guard unsafe target <= sink.dataLimit else { return nil }
      unsafe tern_copy_16(target, source)
      let stops = unsafe tern_text_stops(source)
      let high = unsafe tern_text_high_bits(source)
      if stops != 0 {
        let run = stops.trailingZeroBitCount
        highBits |= high & (1 &<< UInt32(run) &- 1)
        unsafe source += run
        unsafe target += run
        break
      }
      highBits |= high
      unsafe source += 16
      unsafe target += 16
    }
    guard unsafe byte(source) == UInt8(ascii: "\"") && target <= sink.dataLimit else { return nil }
    if highBits != 0 {
      let text = unsafe UnsafeRawBufferPointer(start: sink.data, count: target - sink.data)
      guard unsafe UTF8Check.isValid(text) else { return nil }
    }
    unsafe sink.dataEnd = target
    unsafe sink.values.storeBytes(
      of: Int32(truncatingIfNeeded: target - sink.dataStart), as: Int32.self)
    return unsafe source + 1
  }
}
