/// Words that stand for Booleans and numbers in texts of the four protocols.
enum JSONWords {
  /// 0, 1, true and false in any case.
  static func bool(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "true": true
    case "0", "false": false
    default: nil
    }
  }

  /// A double from its text: digits, point, exponent; NaN and infinities by any usual name.
  static func double(_ text: String) -> Double? {
    switch text.lowercased() {
    case "nan": return .nan
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default:
      // The standard library also reads hexadecimal floats.
      guard text.utf8.allSatisfy({ isDecimalByte($0) }) else { return nil }
      // A number beyond the range is no infinity.
      return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
  }

  private static func isDecimalByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
