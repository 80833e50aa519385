/// A day-time interval as the literal of its own kind writes it: only its fields, from the largest.
///
/// Source: ODBC Programmer's Reference, appendix D, "Interval Literals": `5 12` is 5 days and 12
/// hours, `12:30` hours and minutes or minutes and seconds, by the kind.
struct IntervalText {
  private let bytes: [UInt8]
  private var index = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Nanoseconds of the text; nil if it has another form.
  static func nanoseconds(_ text: UnsafeRawBufferPointer, _ kind: IntervalKind) -> Int128? {
    guard !kind.isMonths, text.count <= 40 else { return nil }
    var reader = IntervalText(unsafe Array(text))
    return reader.read(kind)
  }

  private mutating func read(_ kind: IntervalKind) -> Int128? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    var seconds: Int128 = 0
    for field in kind.leading.rawValue...kind.trailing.rawValue {
      let isLeading = field == kind.leading.rawValue
      guard isLeading || skip(field == IntervalKind.hour.rawValue ? " " : ":"),
        let value = number(digitCountMax: isLeading ? 9 : 2),
        isLeading || value < (field == IntervalKind.hour.rawValue ? 24 : 60),
        let unit = IntervalKind(rawValue: field)?.secondsPerUnit
      else { return nil }
      seconds += value * Int128(unit)
    }
    var nanoseconds: Int128 = 0
    if kind.trailing == .second, skip(".") {
      let start = index
      guard let fraction = number(digitCountMax: 9) else { return nil }
      nanoseconds = fraction * Int128(DecimalPower.word(9 - (index - start)))
    }
    guard index == bytes.count else { return nil }
    let total = seconds * 1_000_000_000 + nanoseconds
    return isNegative ? -total : total
  }

  private mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    guard index < bytes.count, bytes[index] == UInt8(ascii: mark) else { return false }
    index += 1
    return true
  }

  /// Digits, at least one.
  private mutating func number(digitCountMax: Int) -> Int128? {
    let start = index
    var value: Int128 = 0
    while index < bytes.count, index - start < digitCountMax, 0x30...0x39 ~= bytes[index] {
      value = value * 10 + Int128(bytes[index] - 0x30)
      index += 1
    }
    return index > start ? value : nil
  }
}
