/// Powers of ten for the decimal loops.
enum DecimalPower {
  /// `10^exponent` for 0 to 38; 1 otherwise.
  static func wide(_ exponent: Int) -> Int128 {
    guard 0...38 ~= exponent else { return 1 }
    var power: Int128 = 1
    // Sound without checks: 10^38 is below 2^127.
    for _ in 0..<exponent { power = power &* 10 }
    return power
  }

  /// `10^exponent` for 0 to 9; 1 otherwise.
  @inline(__always)
  static func word(_ exponent: Int) -> UInt64 {
    switch exponent {
    case 1: 10
    case 2: 100
    case 3: 1_000
    case 4: 10_000
    case 5: 100_000
    case 6: 1_000_000
    case 7: 10_000_000
    case 8: 100_000_000
    case 9: 1_000_000_000
    default: 1
    }
  }

  /// `10^exponent` for 0 to 22, where doubles hold it exactly; 1 otherwise.
  @inline(__always)
  static func double(_ exponent: Int) -> Double {
    doubles.indices.contains(exponent) ? doubles[exponent] : 1
  }

  private static let doubles: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
