extension WideTimestamp {
  /// Makes a moment of `count` units since 1970-01-01.
  public init(_ count: Int64, _ unit: TimeUnit) {
    let perSecond = unit.perSecond
    // Floor, so that moments before 1970 count forward too.
    let seconds = count >> 63 == 0 ? count / perSecond : ~(~count / perSecond)
    let rest = count &- seconds &* perSecond
    self.init(seconds: seconds, nanoseconds: Int32(rest * (1_000_000_000 / perSecond)))
  }

  /// Units since 1970-01-01; nil if the moment lies between two units or outside Int64.
  @inline(__always)
  public func count(of unit: TimeUnit) -> Int64? {
    let step = 1_000_000_000 / unit.perSecond
    guard Int64(nanoseconds) % step == 0 else { return nil }
    // Wide, because the earliest moment of a unit needs a product below Int64.min first.
    let (high, low) = seconds.multipliedFullWidth(by: unit.perSecond)
    let product = Int128(high) << 64 | Int128(low)
    return Int64(exactly: product + Int128(Int64(nanoseconds) / step))
  }
}
