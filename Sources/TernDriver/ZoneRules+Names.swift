public import TernCore
internal import TernNet

extension ZoneRules {
  /// The rules of a zone as the type of a column names it: an IANA name, or an offset such as
  /// `+05:30`.
  ///
  /// - Throws: `.usage` HY024 that names the zone and where it was looked for.
  public init(named name: String) throws(TernError) {
    if let seconds = Self.offsetSeconds(name) {
      self.init(name: name, offsetSeconds: seconds)
    } else {
      self = try ZoneDirectory.rules(named: name)
    }
  }

  /// Seconds of `+hh:mm` or `-hh:mm`; nil for any other text.
  private static func offsetSeconds(_ text: String) -> Int32? {
    let bytes = Array(text.utf8)
    guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
      bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-")
    else { return nil }
    var digits: [Int32] = []
    for index in [1, 2, 4, 5] {
      guard 0x30...0x39 ~= bytes[index] else { return nil }
      digits.append(Int32(bytes[index]) - 0x30)
    }
    let minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3]
    return (bytes[0] == UInt8(ascii: "-") ? -60 : 60) * minutes
  }
}
