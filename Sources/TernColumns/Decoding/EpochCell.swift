private import CTern

/// `"seconds[.f…]"` in quotes, signed as a whole, with up to nine digits behind the point.
enum EpochText {
  /// The moment, and the byte behind the last digit.
  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer
  ) -> (moment: WideTimestamp, end: UnsafeRawPointer)? {
    guard unsafe byte(start) == UInt8(ascii: "\"") else { return nil }
    var next = unsafe start + 1
    let isNegative = unsafe byte(next) == UInt8(ascii: "-")
    if isNegative { unsafe next += 1 }
    guard let (magnitude, whole) = unsafe Integer.read(next), magnitude <= UInt64(Int64.max)
    else { return nil }
    unsafe next = whole
    var seconds = Int64(bitPattern: magnitude)
    var nanoseconds: Int32 = 0
    if unsafe byte(next) == UInt8(ascii: ".") {
      let block = unsafe DigitBlock(next + 1)
      guard block.count > 0 else { return nil }
      nanoseconds = Int32(truncatingIfNeeded: block.leftAlignedValue &* 10)
      unsafe next += block.count &+ 1
      if block.count == 8 {
        let last = unsafe byte(next) &- 0x30
        if last <= 9 {
          nanoseconds &+= Int32(last)
          unsafe next += 1
        }
      }
    }
    if isNegative {
      // The sign is that of the whole decimal: -0.5 is half a second before, counted forward.
      seconds = 0 &- seconds
      if nanoseconds > 0 {
        seconds &-= 1
        nanoseconds = 1_000_000_000 &- nanoseconds
      }
    }
    return unsafe (WideTimestamp(seconds: seconds, nanoseconds: nanoseconds), next)
  }
}

/// The same as a count of units; `Stored` is as wide as the column's.
enum EpochCell<Unit: TimestampUnit, Stored: FixedWidthInteger & BitwiseCopyable>: CellFormat {
  @inline(__always) static var byteWidth: Int { MemoryLayout<Stored>.size }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard let (moment, end) = unsafe EpochText.read(start), unsafe byte(end) == UInt8(ascii: "\"")
    else { return nil }
    let step = 1_000_000_000 / Unit.perSecond
    let nanoseconds = Int64(moment.nanoseconds)
    guard nanoseconds % step == 0 else { return nil }
    let (whole, isOver) = moment.seconds.multipliedReportingOverflow(by: Unit.perSecond)
    let (value, isOverToo) = whole.addingReportingOverflow(nanoseconds / step)
    guard !isOver, !isOverToo, let narrow = Stored(exactly: value) else { return nil }
    unsafe sink.values.storeBytes(of: narrow, as: Stored.self)
    return unsafe end + 1
  }
}

/// The same as seconds and nanoseconds.
enum WideEpochCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 16 }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard let (moment, end) = unsafe EpochText.read(start), unsafe byte(end) == UInt8(ascii: "\"")
    else { return nil }
    unsafe sink.values.storeBytes(of: moment, as: WideTimestamp.self)
    return unsafe end + 1
  }
}

/// The same, a blank, and the offset in minutes plus 1440.
enum OffsetEpochCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 16 }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard let found = unsafe EpochText.read(start) else { return nil }
    var (moment, end) = unsafe found
    guard unsafe byte(end) == 0x20 else { return nil }
    let block = unsafe DigitBlock(end + 1)
    guard 1...4 ~= block.count, block.value <= 2_880 else { return nil }
    unsafe end += block.count &+ 1
    guard unsafe byte(end) == UInt8(ascii: "\"") else { return nil }
    moment.offsetMinutes = Int32(truncatingIfNeeded: block.value) &- 1_440
    unsafe sink.values.storeBytes(of: moment, as: WideTimestamp.self)
    return unsafe end + 1
  }
}
