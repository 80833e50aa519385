/// Integers and doubles as text, appended to bytes.
public enum NumberText {
  /// Plain digits.
  public static func append(_ value: Int64, to text: inout [UInt8]) {
    if value < 0 { text.append(UInt8(ascii: "-")) }
    append(value.magnitude, to: &text)
  }

  /// Plain digits.
  public static func append(_ value: UInt64, to text: inout [UInt8]) {
    let start = text.count
    var rest = value
    repeat {
      text.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    text[start...].reverse()
  }

  /// The shortest form that reads back the same, always with a point or an exponent; `NaN`,
  /// `Infinity` and `-Infinity` for the values without digits.
  public static func append(_ value: Double, to text: inout [UInt8]) {
    text += value.isFinite ? Array(value.description.utf8) : word(value.isNaN, value < 0)
  }

  /// As for a double, with the digits that a float needs.
  public static func append(_ value: Float, to text: inout [UInt8]) {
    text += value.isFinite ? Array(value.description.utf8) : word(value.isNaN, value < 0)
  }

  private static func word(_ isNaN: Bool, _ isNegative: Bool) -> [UInt8] {
    Array((isNaN ? "NaN" : isNegative ? "-Infinity" : "Infinity").utf8)
  }
}
