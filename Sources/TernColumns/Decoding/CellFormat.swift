/// A fast way to read the usual form of one kind of value.
///
/// It may answer nil for anything unusual: the value is then read again by the slow way, which
/// knows every form and says what is wrong. It must not answer for a value it is not sure of.
protocol CellFormat {
  /// Bytes that a value takes among the values; 0 for bits.
  static var byteWidth: Int { get }
  /// Whether a value has bytes elsewhere too.
  static var isText: Bool { get }
  /// Whether commas only stand between values, so that a value's end can be found before the value
  /// is read; `read(_:to:_:)` is there then.
  static var isNumber: Bool { get }

  /// Reads a value at `start` into `sink` and returns the byte behind it.
  ///
  /// 64 zero bytes follow the last byte of the window, so a reader may look that far ahead of
  /// bytes that it saw to be part of its value.
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer?

  /// Reads the value that all bytes from `start` to `end` are, and tells whether it was one.
  ///
  /// The processor can begin with the next value while it is at this one, as it knows where that
  /// is: a third faster than one value after the other.
  @unsafe static func read(
    _ start: UnsafeRawPointer, to end: UnsafeRawPointer, _ sink: inout CellSink
  ) -> Bool
}

extension CellFormat {
  /// Only texts do.
  @inline(__always) static var isText: Bool { false }
  /// Only plain numbers are.
  @inline(__always) static var isNumber: Bool { false }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, to end: UnsafeRawPointer, _ sink: inout CellSink
  ) -> Bool { false }
}

/// The byte at a place that must be readable.
@inline(__always)
@unsafe func byte(_ pointer: UnsafeRawPointer) -> UInt8 { unsafe pointer.load(as: UInt8.self) }

/// The kinds of values that have a fast reader, one monomorphic loop each.
enum CellKind {
  case slow, bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float64, decimal128
  case text, date, timestampSecond, timestampMillisecond, timestampMicrosecond
  case timestampNanosecond, wideTimestamp, hex
  case epochSecond, epochMillisecond, epochMicrosecond, epochNanosecond, wideEpoch, offsetEpoch
  case timeSecond, timeMillisecond, timeMicrosecond, timeNanosecond

  /// The reader for a column of `type` whose values come in `format`.
  init(_ type: DataType, _ format: ColumnFormat) {
    switch (format, type) {
    case (.standard, .bool): self = .bool
    case (.standard, .int8): self = .int8
    case (.standard, .int16): self = .int16
    case (.standard, .int32): self = .int32
    case (.standard, .int64): self = .int64
    case (.standard, .uint8): self = .uint8
    case (.standard, .uint16): self = .uint16
    case (.standard, .uint32): self = .uint32
    case (.standard, .uint64): self = .uint64
    case (.standard, .float64): self = .float64
    case (.standard, .decimal128(_, let scale)): self = 0...18 ~= scale ? .decimal128 : .slow
    // The byte that marks hexadecimal text is an escape in JSON, which goes the slow way.
    case (.standard, .utf8), (.textOrHex, .utf8): self = .text
    // So does a date with a zero in it.
    case (.standard, .date32), (.zeroIsNull, .date32): self = .date
    case (.standard, .wideTimestamp): self = .wideTimestamp
    case (.standard, .timestamp(let unit, _)), (.zeroIsNull, .timestamp(let unit, _)):
      self = CellKind(timestamp: unit)
    case (.epoch(let unit), .timestamp(let own, _)) where unit == own: self = .int64
    case (.epochDays, .date32): self = .int32
    case (.standard, .binary): self = .hex
    case (.epochSeconds, .wideTimestamp): self = .wideEpoch
    case (.epochSecondsAndOffset, .wideTimestamp): self = .offsetEpoch
    case (.epochSeconds, .timestamp(let unit, _)): self = CellKind(epoch: unit)
    case (.epochSeconds, .time32(let unit)):
      self = unit == .second ? .timeSecond : .timeMillisecond
    case (.epochSeconds, .time64(let unit)):
      self = unit == .microsecond ? .timeMicrosecond : .timeNanosecond
    default: self = .slow
    }
  }

  private init(timestamp unit: TimeUnit) {
    switch unit {
    case .second: self = .timestampSecond
    case .millisecond: self = .timestampMillisecond
    case .microsecond: self = .timestampMicrosecond
    case .nanosecond: self = .timestampNanosecond
    }
  }

  private init(epoch unit: TimeUnit) {
    switch unit {
    case .second: self = .epochSecond
    case .millisecond: self = .epochMillisecond
    case .microsecond: self = .epochMicrosecond
    case .nanosecond: self = .epochNanosecond
    }
  }

  /// Reads one value: a jump and then the same code as the loop over a whole column.
  @unsafe func read(_ start: UnsafeRawPointer, _ sink: inout CellSink) -> UnsafeRawPointer? {
    switch self {
    case .slow: nil
    case .bool: unsafe BoolCell.read(start, &sink)
    case .int8: unsafe IntegerCell<Int8>.read(start, &sink)
    case .int16: unsafe IntegerCell<Int16>.read(start, &sink)
    case .int32: unsafe IntegerCell<Int32>.read(start, &sink)
    case .int64: unsafe IntegerCell<Int64>.read(start, &sink)
    case .uint8: unsafe IntegerCell<UInt8>.read(start, &sink)
    case .uint16: unsafe IntegerCell<UInt16>.read(start, &sink)
    case .uint32: unsafe IntegerCell<UInt32>.read(start, &sink)
    case .uint64: unsafe IntegerCell<UInt64>.read(start, &sink)
    case .float64: unsafe DoubleCell.read(start, &sink)
    case .decimal128: unsafe DecimalCell.read(start, &sink)
    case .text: unsafe TextCell.read(start, &sink)
    case .date: unsafe DateCell.read(start, &sink)
    case .timestampSecond: unsafe TimestampCell<SecondUnit>.read(start, &sink)
    case .timestampMillisecond: unsafe TimestampCell<MillisecondUnit>.read(start, &sink)
    case .timestampMicrosecond: unsafe TimestampCell<MicrosecondUnit>.read(start, &sink)
    case .timestampNanosecond: unsafe TimestampCell<NanosecondUnit>.read(start, &sink)
    case .wideTimestamp: unsafe WideTimestampCell.read(start, &sink)
    case .hex: unsafe HexCell.read(start, &sink)
    case .epochSecond: unsafe EpochCell<SecondUnit, Int64>.read(start, &sink)
    case .epochMillisecond: unsafe EpochCell<MillisecondUnit, Int64>.read(start, &sink)
    case .epochMicrosecond: unsafe EpochCell<MicrosecondUnit, Int64>.read(start, &sink)
    case .epochNanosecond: unsafe EpochCell<NanosecondUnit, Int64>.read(start, &sink)
    case .wideEpoch: unsafe WideEpochCell.read(start, &sink)
    case .offsetEpoch: unsafe OffsetEpochCell.read(start, &sink)
    case .timeSecond: unsafe EpochCell<SecondUnit, Int32>.read(start, &sink)
    case .timeMillisecond: unsafe EpochCell<MillisecondUnit, Int32>.read(start, &sink)
    case .timeMicrosecond: unsafe EpochCell<MicrosecondUnit, Int64>.read(start, &sink)
    case .timeNanosecond: unsafe EpochCell<NanosecondUnit, Int64>.read(start, &sink)
    }
  }
}
