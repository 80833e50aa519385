import TernColumns

/// `SQL_NUMERIC_STRUCT`: precision, scale, sign (1 = not negative) and a magnitude of 16 bytes,
/// least significant first.
enum NumericStructure {
  /// Most digits of the magnitude.
  static let precisionMax: Int16 = 38

  /// Writes a number. Without a scale of the application's own the number keeps as much of its own
  /// as fits: the standard's default of 0 would cut every fraction.
  static func store(
    _ value: DecimalValue, precision: Int16?, scale: Int16?, at address: UInt
  ) -> ConversionOutcome {
    let precision = min(max(precision ?? precisionMax, 1), precisionMax)
    var scale = scale.map { Int($0) } ?? min(value.scale, 127)
    var (fitting, isExact) = value.truncated(to: scale)
    guard fitting.scale == scale else { return .numberOutOfRange }
    if scale == value.scale, fitting.precision > Int(precision) {
      // Only digits behind the point may be given up.
      let excess = fitting.precision - Int(precision)
      guard excess <= scale else { return .numberOutOfRange }
      scale -= excess
      (fitting, isExact) = value.truncated(to: scale)
    }
    guard fitting.precision <= Int(precision), let unscaled = fitting.unscaled else {
      return .numberOutOfRange
    }
    guard address != 0 else { return isExact ? .exact : .fractionTruncated }
    TargetMemory.store(UInt8(precision), at: address)
    TargetMemory.store(Int8(clamping: scale), at: address &+ 1)
    TargetMemory.store(UInt8(fitting.isNegative ? 0 : 1), at: address &+ 2)
    TargetMemory.store(unscaled.magnitude.littleEndian, at: address &+ 3)
    return isExact ? .exact : .fractionTruncated
  }

  /// Reads a number whose scale the application's record tells; nil for a sign that is neither.
  static func load(at address: UInt, scale: Int16?) -> DecimalValue? {
    guard let ownScale = TargetMemory.load(Int8.self, at: address &+ 1),
      let sign = TargetMemory.load(UInt8.self, at: address &+ 2), sign <= 1,
      let magnitude = TargetMemory.load(UInt128.self, at: address &+ 3),
      let positive = Int128(exactly: UInt128(littleEndian: magnitude))
    else { return nil }
    let scale = Int(scale ?? Int16(ownScale))
    return DecimalValue(unscaled: sign == 0 ? -positive : positive, scale: scale)
  }
}
