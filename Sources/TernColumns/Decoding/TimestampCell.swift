private import CTern

/// A unit known to the compiler, so that divisions by it are products.
protocol TimestampUnit {
  static var perSecond: Int64 { get }
}
enum SecondUnit: TimestampUnit {
  @inline(__always) static var perSecond: Int64 { 1 }
}
enum MillisecondUnit: TimestampUnit {
  @inline(__always) static var perSecond: Int64 { 1_000 }
}
enum MicrosecondUnit: TimestampUnit {
  @inline(__always) static var perSecond: Int64 { 1_000_000 }
}
enum NanosecondUnit: TimestampUnit {
  @inline(__always) static var perSecond: Int64 { 1_000_000_000 }
}

/// `"YYYY-MM-DD HH:MM:SS[.f…]"` with up to nine digits, none of them below the unit.
enum TimestampCell<Unit: TimestampUnit>: CellFormat {
  @inline(__always) static var byteWidth: Int { 8 }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard let (moment, end) = unsafe TimestampText.read(start) else { return nil }
    let step = 1_000_000_000 / Unit.perSecond
    let nanoseconds = Int64(moment.nanoseconds)
    guard nanoseconds % step == 0 else { return nil }
    let (whole, isOver) = moment.seconds.multipliedReportingOverflow(by: Unit.perSecond)
    let (value, isOverToo) = whole.addingReportingOverflow(nanoseconds / step)
    guard !isOver, !isOverToo else { return nil }
    unsafe sink.values.storeBytes(of: value, as: Int64.self)
    return unsafe end
  }
}

/// The same, as seconds and nanoseconds.
enum WideTimestampCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 16 }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard let (moment, end) = unsafe TimestampText.read(start) else { return nil }
    unsafe sink.values.storeBytes(of: moment, as: WideTimestamp.self)
    return unsafe end
  }
}

/// The text form of timestamps in quotes.
enum TimestampText {
  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer
  ) -> (moment: WideTimestamp, end: UnsafeRawPointer)? {
    guard unsafe byte(start) == UInt8(ascii: "\"") && tern_is_moment(start + 1) != 0 else {
      return nil
    }
    let (year, month) = unsafe MomentBlock.yearMonth(start + 1)
    let (day, hour, minute) = unsafe MomentBlock.dayHourMinute(start + 9)
    // `:SS` as one word; no digit is more than 9, the first no more than 5.
    let word = unsafe UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 17, as: UInt32.self))
    let parts = (word ^ 0x0030_303A) & 0x00FF_FFFF
    guard (parts &+ 0x0076_7A7F | parts) & 0x0080_8080 == 0, hour < 24,
      let days = MomentBlock.days(year, month, day)
    else { return nil }
    let second = Int(parts &>> 8 & 0xFF) &* 10 &+ Int(parts &>> 16)
    var end = unsafe start + 20
    var nanoseconds: UInt64 = 0
    if unsafe byte(end) == UInt8(ascii: ".") {
      let block = unsafe DigitBlock(end + 1)
      guard block.count > 0 else { return nil }
      nanoseconds = block.leftAlignedValue &* 10
      unsafe end += block.count &+ 1
      if block.count == 8 {
        let last = unsafe byte(end) &- 0x30
        if last <= 9 {
          nanoseconds &+= UInt64(last)
          unsafe end += 1
        }
      }
    }
    guard unsafe byte(end) == UInt8(ascii: "\"") else { return nil }
    let seconds = ((days &* 24 &+ hour) &* 60 &+ minute) &* 60 &+ second
    let moment = WideTimestamp(seconds: Int64(seconds), nanoseconds: Int32(nanoseconds))
    return unsafe (moment, end + 1)
  }
}
