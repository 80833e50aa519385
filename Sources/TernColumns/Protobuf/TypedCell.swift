private import CTern
import TernCore

/// One scalar `ColumnValue` where it stands in the window, in the form that servers write.
///
/// Everything unusual (arrays, the form of old servers, unknown fields, a cut) is left to the slow
/// way. Sound as long as the window does not move: the pointers lie inside it, and 64 zero bytes
/// follow its end, so that a field's first bytes may be looked at before they are compared with it.
@safe struct TypedCell {
  /// The number of the value's type.
  private var code: UInt8 = 0
  private var isNull = false
  /// A Boolean, an integer, or the bits of a double.
  private var bits: UInt64 = 0
  private var data: UnsafeRawPointer
  private var dataByteCount = 0

  /// Reads the cell whose tag `start` points to; nil if it is not in the usual form.
  ///
  /// `end` is the end of the row, which lies inside the window. `next` becomes the byte behind it.
  @inline(__always)
  @unsafe init?(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ next: inout UnsafeRawPointer
  ) {
    guard unsafe byte(start) == 0x0A,
      let (cellByteCount, cell) = unsafe Self.length(start + 1, end)
    else { return nil }
    var at = unsafe cell
    let cellEnd = unsafe cell + cellByteCount
    // Everything stands there twice: first in the form that servers up to 1.5 wrote.
    if unsafe byte(at) == 0x0A {
      guard let (count, old) = unsafe Self.length(at + 1, cellEnd) else { return nil }
      unsafe at = old + count
    }
    guard unsafe at < cellEnd, unsafe byte(at) == 0x22,
      let (count, value) = unsafe Self.length(at + 1, cellEnd), unsafe value + count == cellEnd
    else { return nil }
    unsafe at = value
    unsafe data = value
    while unsafe at < cellEnd {
      guard let behind = unsafe readField(at, cellEnd), unsafe behind <= cellEnd else {
        return nil
      }
      unsafe at = behind
    }
    unsafe next = cellEnd
  }

  /// Takes one field of the value; the byte behind it, or nil for one that is not usual.
  @inline(__always)
  @unsafe private mutating func readField(
    _ at: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> UnsafeRawPointer? {
    let value = unsafe at + 1
    switch unsafe byte(at) {
    case 0x08:
      code = unsafe byte(value)
      return code < 0x80 ? unsafe value + 1 : nil
    case 0x10, 0x20: return unsafe Self.varint(value, &bits)
    case 0x31:
      bits = unsafe UInt64(littleEndian: value.loadUnaligned(as: UInt64.self))
      return unsafe value + 8
    case 0x1A, 0x2A:
      guard let (count, start) = unsafe Self.length(value, end) else { return nil }
      dataByteCount = count
      unsafe data = start
      return unsafe start + count
    case 0x38:
      isNull = unsafe byte(value) != 0
      return unsafe byte(value) < 0x80 ? value + 1 : nil
    default: return nil
    }
  }

  /// Whether the value is NULL.
  @inline(__always) var isNullValue: Bool { isNull || code == 24 }

  /// Stores the value in the way of `kind`; false if it is no value of that kind.
  @inline(__always)
  func store(_ kind: TypedKind, _ sink: inout CellSink) -> Bool {
    switch kind {
    case .slow: false
    case .bool: storeBool(&sink)
    case .int8: store(Int8(exactly: number), &sink)
    case .int16: store(Int16(exactly: number), &sink)
    case .int32: store(Int32(exactly: number), &sink)
    case .int64: store(Int64(exactly: number), &sink)
    case .uint8: store(UInt8(exactly: number), &sink)
    case .uint16: store(UInt16(exactly: number), &sink)
    case .uint32: store(UInt32(exactly: number), &sink)
    case .uint64: store(UInt64(exactly: number), &sink)
    case .timeOfDay: 0..<86_400_000 ~= number && store(Int32(exactly: number), &sink)
    case .float32: storeFloat(&sink)
    case .float64: storeDouble(&sink)
    case .decimal128: storeDecimal(&sink)
    case .text: storeText(&sink)
    case .binary: storeBinary(&sink)
    }
  }

  @inline(__always) private var number: Int64 { ZigZag.decode(bits) }

  /// Whether the value is a whole number: 1 and 3 to 5 are primitive types, 9 and 11 to 13 the
  /// usual ones, 16 to 19 moments, 22 any, 30 to 33 unsigned.
  @inline(__always) private var isInteger: Bool {
    code < 64 && 0x3_C04F_3A3A as UInt64 &>> UInt64(code) & 1 != 0
  }

  @inline(__always)
  private func store<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ value: Stored?, _ sink: inout CellSink
  ) -> Bool {
    guard let value, isInteger else { return false }
    // Sound: the sink has room for another value of its column's width.
    unsafe sink.values.storeBytes(of: value, as: Stored.self)
    return true
  }

  @inline(__always)
  private func storeFloat(_ sink: inout CellSink) -> Bool {
    guard code == 14 || code == 6 else { return false }
    // Sound: as above. The bits of the float are the number's lower half.
    unsafe sink.values.storeBytes(of: UInt32(truncatingIfNeeded: number), as: UInt32.self)
    return true
  }

  @inline(__always)
  private func storeDouble(_ sink: inout CellSink) -> Bool {
    guard code == 15 || code == 7 else { return false }
    unsafe sink.values.storeBytes(of: bits, as: UInt64.self)
    return true
  }

  @inline(__always)
  private func storeBool(_ sink: inout CellSink) -> Bool {
    guard code == 8 || code == 0 else { return false }
    let index = sink.rowOffset &+ sink.rowCount
    let mask = UInt8(1) &<< UInt8(index & 7)
    // Sound: `CellSink` prepared the byte of this bit; an attempt given up may have written it.
    let old = unsafe sink.values.load(fromByteOffset: index >> 3, as: UInt8.self)
    let new = bits != 0 ? old | mask : old & ~mask
    unsafe sink.values.storeBytes(of: new, toByteOffset: index >> 3, as: UInt8.self)
    return true
  }

  @inline(__always)
  private func storeDecimal(_ sink: inout CellSink) -> Bool {
    guard code == 26, dataByteCount > 0, let end = unsafe DecimalCell.read(data, &sink) else {
      return false
    }
    return unsafe end == data + dataByteCount
  }

  @inline(__always)
  private func storeText(_ sink: inout CellSink) -> Bool {
    guard code == 21, let highBits = copy(&sink) else { return false }
    guard highBits else { return true }
    return unsafe UTF8Check.isValid(UnsafeRawBufferPointer(start: data, count: dataByteCount))
  }

  @inline(__always)
  private func storeBinary(_ sink: inout CellSink) -> Bool {
    code == 20 && copy(&sink) != nil
  }

  /// Copies the data; whether a byte of it is not ASCII, or nil if the sink has no room.
  @inline(__always)
  private func copy(_ sink: inout CellSink) -> Bool? {
    guard unsafe dataByteCount <= sink.dataLimit - sink.data else { return nil }
    var high: UInt32 = 0
    var done = 0
    // Sound: 64 bytes may be read behind the window's end and written behind `dataLimit`.
    while done < dataByteCount {
      unsafe tern_copy_16(sink.data + done, data + done)
      let rest = UInt32(truncatingIfNeeded: min(16, dataByteCount &- done))
      high |= unsafe tern_text_high_bits(data + done) & ((1 &<< rest) &- 1)
      done &+= 16
    }
    unsafe sink.dataEnd = sink.data + dataByteCount
    unsafe sink.values.storeBytes(
      of: Int32(truncatingIfNeeded: sink.dataEnd - sink.dataStart), as: Int32.self)
    return high != 0
  }

  /// A length, and what it counts, which ends at `end` at the latest.
  @inline(__always)
  @unsafe static func length(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> (Int, UnsafeRawPointer)? {
    var value = UInt64(unsafe byte(start))
    var at = unsafe start + 1
    if value >= 0x80 {
      guard let behind = unsafe varint(start, &value) else { return nil }
      unsafe at = behind
    }
    guard unsafe at <= end, unsafe value <= UInt64(end - at) else { return nil }
    return unsafe (Int(value), at)
  }

  /// A varint of up to ten bytes, and the byte behind it.
  @inline(__always)
  @unsafe static func varint(
    _ start: UnsafeRawPointer, _ value: inout UInt64
  ) -> UnsafeRawPointer? {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    var at = unsafe start
    while shift < 70 {
      let next = unsafe byte(at)
      unsafe at += 1
      result |= UInt64(next & 0x7F) &<< shift
      if next < 0x80 {
        value = result
        return shift < 63 || next <= 1 ? unsafe at : nil
      }
      shift &+= 7
    }
    return nil
  }
}
