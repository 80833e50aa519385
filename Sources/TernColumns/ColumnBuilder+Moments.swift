import TernCore

// Moments as Snowflake's streams have them: counts, or structures of seconds, nanoseconds, offset.
extension ColumnBuilder {
  /// Counts of units of `form.digits` as seconds and nanoseconds.
  func appendWide(_ column: Column, _ form: ArrowForm) throws(TernError) -> Bool {
    let digits: Int
    switch column.type {
    case .int64: digits = form.digits
    case .timestamp(let unit, _): digits = unit.fractionDigits
    case .wideTimestamp:
      return try convert(column, WideTimestamp.self, to: WideTimestamp.self) { ($0, true) }
    default: return false
    }
    guard 0...9 ~= digits else { return false }
    let perSecond = Int64(PowersOfTen.word(digits))
    let step = Int64(PowersOfTen.word(9 - digits))
    return try convert(column, Int64.self, to: WideTimestamp.self) { count in
      // Floor, so that moments before 1970 count forward too.
      let seconds = count &>> 63 == 0 ? count / perSecond : ~(~count / perSecond)
      let rest = (count &- seconds &* perSecond) &* step
      return (
        WideTimestamp(seconds: seconds, nanoseconds: Int32(truncatingIfNeeded: rest)), true
      )
    }
  }

  /// Structures of a moment, as counts of `unit` or (nil) as seconds and nanoseconds.
  func appendMoments(
    _ column: Column, _ form: ArrowForm, _ unit: TimeUnit?
  ) throws(TernError) -> Bool {
    guard let parts = MomentParts(column, form), let epoch = unsafe parts.epoch else {
      return false
    }
    let (fractions, zones) = unsafe (parts.fractions, parts.zones)
    let perSecond = unit?.perSecond ?? 1
    let step = Int32(truncatingIfNeeded: 1_000_000_000 / perSecond)
    let size = unit == nil ? 16 : 8
    let target = unsafe try values.reserve(column.count * size)
    var isExact = true
    for row in 0..<column.count {
      // Sound: `MomentParts` has as many of each as the column, and `reserve` made room for them.
      var seconds = unsafe epoch[row]
      var nanoseconds: Int32 = 0
      if let fractions = unsafe fractions {
        nanoseconds = unsafe fractions[row]
        isExact = isExact && 0..<1_000_000_000 ~= nanoseconds
      } else {
        let moment = parts.moment(seconds)
        (seconds, nanoseconds) = (moment.seconds, moment.nanoseconds)
      }
      guard unit == nil else {
        let (product, isOver) = seconds.multipliedReportingOverflow(by: perSecond)
        let (sum, isOverToo) = product.addingReportingOverflow(Int64(nanoseconds / step))
        isExact = isExact && !isOver && !isOverToo && nanoseconds % step == 0
        unsafe target.storeBytes(of: sum, toByteOffset: row &* 8, as: Int64.self)
        continue
      }
      var offset: Int32 = 0
      if let zones = unsafe zones {
        let zone = unsafe zones[row]
        isExact = isExact && 0...2_880 ~= zone
        offset = zone &- 1_440
      }
      let moment = WideTimestamp(
        seconds: seconds, nanoseconds: nanoseconds, offsetMinutes: offset)
      unsafe target.storeBytes(of: moment, toByteOffset: row &* 16, as: WideTimestamp.self)
    }
    guard isExact else { return false }
    values.count += column.count * size
    guard parts.hasNullParts else {
      try appended(column)
      return true
    }
    for row in 0..<column.count where column.isNullUnchecked(row) || parts.isNull(at: row) {
      try validity.setNull(at: count + row)
    }
    count += column.count
    return true
  }
}

/// The columns of a structure that is a moment.
///
/// Which they are is told by their number, not by the digits of the type: with an offset, two are a
/// count of units and an offset. Source: Snowflake reference, section 5.1.
@safe struct MomentParts {
  private let children: [Column]
  private let offset: Int
  private let count: Int
  private let hasFraction: Bool
  private let hasOffset: Bool
  /// Units of `epoch` in a second where there is no fraction.
  private let perSecond: Int64

  init?(_ column: Column, _ form: ArrowForm) {
    children = column.children
    (offset, count) = (column.offset, column.count)
    hasOffset = form.hasOffset
    let rest = children.count - (hasOffset ? 2 : 1)
    guard rest == 0 || rest == 1, 0...9 ~= form.digits else { return nil }
    hasFraction = rest == 1
    perSecond = hasFraction ? 1 : Int64(PowersOfTen.word(form.digits))
    let types = children.map(\.type)
    guard types.first == .int64, types.dropFirst().allSatisfy({ $0 == .int32 }),
      children.allSatisfy({ $0.count >= offset + count })
    else { return nil }
  }

  /// A part that is NULL makes the moment NULL.
  var hasNullParts: Bool { children.contains { $0.nullCount > 0 } }

  /// Whether a part of the moment is NULL.
  func isNull(at row: Int) -> Bool { children.contains { $0.isNullUnchecked(offset + row) } }

  /// Seconds, or units where there is no fraction.
  var epoch: UnsafePointer<Int64>? { unsafe part(0, Int64.self) }
  /// Nanoseconds.
  var fractions: UnsafePointer<Int32>? { hasFraction ? unsafe part(1, Int32.self) : nil }
  /// Minutes from UTC plus 1440.
  var zones: UnsafePointer<Int32>? {
    hasOffset ? unsafe part(children.count - 1, Int32.self) : nil
  }

  /// A count of units as a moment.
  func moment(_ count: Int64) -> WideTimestamp {
    let seconds = count &>> 63 == 0 ? count / perSecond : ~(~count / perSecond)
    let rest = (count &- seconds &* perSecond) &* (1_000_000_000 / perSecond)
    return WideTimestamp(seconds: seconds, nanoseconds: Int32(truncatingIfNeeded: rest))
  }

  /// The moment of a row that is not NULL; nil for one that cannot be.
  func moment(at row: Int) -> WideTimestamp? {
    guard row >= 0, row < count, let epoch = unsafe epoch else { return nil }
    // Sound: `init` saw that the parts reach as far as the column.
    let count = unsafe epoch[row]
    var moment = moment(count)
    if let fractions = unsafe fractions { moment.nanoseconds = unsafe fractions[row] }
    guard 0..<1_000_000_000 ~= moment.nanoseconds else { return nil }
    guard let zones = unsafe zones else { return moment }
    let zone = unsafe zones[row]
    guard 0...2_880 ~= zone else { return nil }
    moment.offsetMinutes = zone - 1_440
    return moment
  }

  /// The first value of a part that belongs to the column.
  private func part<Stored: BitwiseCopyable>(
    _ index: Int, _ type: Stored.Type
  ) -> UnsafePointer<Stored>? {
    guard children.indices.contains(index),
      let values = unsafe children[index].values(as: type), values.count >= offset + count,
      let start = values.baseAddress
    else { return nil }
    // Sound: just compared with the number of values.
    return unsafe start + offset
  }
}
