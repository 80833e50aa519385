/// The powers of ten that fit a machine word.
enum PowersOfTen {
  /// `10^exponent`; 0 unless the exponent is 0 to 19.
  @inline(__always)
  static func word(_ exponent: Int) -> UInt64 {
    table.indices.contains(exponent) ? table[exponent] : 0
  }

  /// `10^exponent`; 0 unless the exponent is 0 to 38.
  static func wide(_ exponent: Int) -> UInt128 {
    exponent <= 19 ? UInt128(word(exponent)) : UInt128(word(19)) * UInt128(word(exponent - 19))
  }

  static let table: [UInt64] = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
    1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
    1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ]
}
