/// Counts, sizes and times for people.
public enum Amounts {
  /// `1,234,567`.
  public static func count(_ number: Int64) -> String {
    var digits = String(number.magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits.removeLast(3)
    }
    groups.insert(digits[...], at: 0)
    return (number < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  /// `1 row`, `2 rows`.
  public static func count(_ number: Int64, of what: String) -> String {
    "\(count(number)) \(what)\(number == 1 ? "" : "s")"
  }

  /// `512 B`, `1.5 MB`; powers of 1000.
  public static func size(_ byteCount: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, index) = (Double(byteCount), 0)
    while value >= 999.95, index < units.count - 1 {
      value /= 1000
      index += 1
    }
    return index == 0 ? "\(byteCount) B" : "\(fixed(value, digits: 1)) \(units[index])"
  }

  /// `0.012 s`, `75.3 s`.
  public static func time(nanoseconds: Int64) -> String {
    let seconds = Double(nanoseconds) / 1e9
    return "\(fixed(seconds, digits: seconds < 10 ? 3 : 1)) s"
  }

  /// A number that is not negative, with so many digits after the point.
  private static func fixed(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    guard let scaled = Int64(exactly: (value * scale).rounded()) else { return "\(value)" }
    let whole = scaled / Int64(scale)
    let text = String(scaled % Int64(scale))
    return "\(whole)." + String(repeating: "0", count: digits - text.count) + text
  }
}
