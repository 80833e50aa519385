import TernCore

/// Where the fast readers put the values of one column: borrowed memory of its builder.
///
/// A reader writes at `values` (and `data`) and commits nothing; the loop around it commits once
/// the byte behind the value was seen too. Sound as long as no builder is touched between `init`
/// and `finish`: the pointers stay inside what `init` reserved, `rowCountMax` values and
/// `dataLimit`, behind which 64 bytes may be scribbled over.
@safe struct CellSink {
  /// Where the next value (or, for text, the offset of its end) goes.
  var values: UnsafeMutableRawPointer
  /// Where the next text goes.
  var data: UnsafeMutableRawPointer
  /// Where the text that was read but not committed ends.
  var dataEnd: UnsafeMutableRawPointer
  /// What `data` may not pass.
  let dataLimit: UnsafeMutableRawPointer
  /// What offsets count from.
  let dataStart: UnsafeMutableRawPointer
  /// Values committed.
  var rowCount = 0
  /// Values that fit.
  let rowCountMax: Int
  /// Values that the builder had before; the index of the first bit.
  let rowOffset: Int
  /// Digits after the point of a decimal.
  let scale: Int
  /// The largest unscaled decimal, cut to 18 digits.
  let unscaledMax: UInt64
  /// Bytes that a value takes in `values`; 0 for bits.
  let byteWidth: Int

  /// Borrows room for at least one value.
  init(_ builder: ColumnBuilder, rowCount: Int, dataByteCount: Int) throws(TernError) {
    let isBits = builder.layout == .bits
    if case .fixed(let width) = builder.layout {
      byteWidth = width
    } else {
      byteWidth = builder.layout == .offsets32 ? 4 : isBits ? 0 : 8
    }
    if builder.layout == .offsets32, builder.values.count == 0 {
      try builder.values.append(Int32(0))
    }
    if isBits { try builder.prepareBits(rowCount) }
    unsafe values = try builder.values.reserve(isBits ? 0 : rowCount * byteWidth)
    if isBits, let start = unsafe builder.values.start { unsafe values = start }
    let isText = builder.layout == .offsets32
    unsafe data = try isText ? builder.data.reserve(dataByteCount) : values
    unsafe dataEnd = data
    unsafe dataStart = isText ? data - builder.data.count : data
    unsafe dataLimit = isText ? dataStart + min(builder.data.capacity, Int(Int32.max)) : data
    rowCountMax = rowCount
    rowOffset = builder.count
    if case .decimal128(let precision, let scale) = builder.type {
      self.scale = scale
      unscaledMax = PowersOfTen.word(min(max(precision, 0), 18)) &- 1
    } else {
      scale = 0
      unscaledMax = 0
    }
  }

  /// Keeps the value that was just read; the width is the builder's, and known to the compiler
  /// in loops over one kind of value.
  @inline(__always)
  mutating func commit(_ byteWidth: Int, isText: Bool) {
    unsafe values += byteWidth
    if isText { unsafe data = dataEnd }
    rowCount &+= 1
  }

  /// The same for a column of any kind.
  @inline(__always)
  mutating func commit() { commit(byteWidth, isText: true) }

  /// Puts a zero, or an empty text, where a NULL is; commits nothing.
  @inline(__always)
  mutating func writeNull(_ byteWidth: Int, isText: Bool) {
    if isText {
      unsafe dataEnd = data
      // The offset of its end, which is where the last text ended.
      unsafe values.storeBytes(of: Int32(truncatingIfNeeded: data - dataStart), as: Int32.self)
    } else if byteWidth > 0 {
      // Sound: no value is wider than 16 bytes, and what lies behind may be scribbled over.
      unsafe values.storeBytes(of: 0, as: UInt64.self)
      unsafe values.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
    }
  }

  /// Makes the next bit zero: an attempt that was given up may have written it.
  @inline(__always)
  mutating func clearBit() {
    let index = rowOffset &+ rowCount
    // Sound: `prepareBits` made the byte of this bit.
    let old = unsafe values.load(fromByteOffset: index >> 3, as: UInt8.self)
    unsafe values.storeBytes(
      of: old & ~(1 &<< UInt8(index & 7)), toByteOffset: index >> 3, as: UInt8.self)
  }

  /// Gives what was committed to the builder, which then may grow again.
  func finish(_ builder: ColumnBuilder) {
    builder.count += rowCount
    if builder.layout == .bits {
      builder.values.count = (builder.count + 7) / 8
    } else {
      builder.values.count += rowCount * byteWidth
    }
    if builder.layout == .offsets32 { builder.data.count = unsafe data - dataStart }
  }
}

extension ColumnBuilder {
  /// Makes the bytes of `rowCount` more bits exist, all zero.
  func prepareBits(_ rowCount: Int) throws(TernError) {
    let missing = (count + rowCount + 7) / 8 - values.count
    guard missing > 0 else { return }
    try values.append(repeating: 0, byteCount: missing)
    // They count once bits were put there.
    values.count -= missing
  }
}
