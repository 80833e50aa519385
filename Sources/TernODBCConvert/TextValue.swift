import TernColumns
import TernCore

/// Text as numbers, moments and intervals; blanks around it do not count.
///
/// Sound in all functions: the bytes are those of a column or of an application's buffer that the
/// caller holds, and none are kept.
enum TextValue {
  /// The text without blanks around it.
  static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var range = 0..<text.count
    while let first = range.first, unsafe isBlank(text[first]) { range = first + 1..<text.count }
    while let last = range.last, unsafe isBlank(text[last]) { range = range.lowerBound..<last }
    return unsafe UnsafeRawBufferPointer(rebasing: text[range])
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 9...13 ~= byte }

  /// An exact number, 22018 if the text is none, 22003 if it is too large. A bit may be a word.
  static func decimal(
    _ text: UnsafeRawBufferPointer, isBit: Bool = false
  ) -> (DecimalValue?, ConversionOutcome) {
    let text = unsafe trimmed(text)
    if let value = unsafe DecimalValue(parsing: span(text)) { return (value, .exact) }
    if isBit, let bit = unsafe word(text) {
      return (DecimalValue(unscaled: bit ? 1 : 0), .exact)
    }
    return (nil, unsafe isNumber(text) ? .numberOutOfRange : .invalidCast)
  }

  /// The nearest double; nil if the text is no number.
  static func double(_ text: UnsafeRawBufferPointer) -> Double? {
    let text = unsafe trimmed(text)
    guard unsafe isNumber(text) else { return nil }
    return unsafe Double(String(decoding: text, as: UTF8.self))
  }

  /// A date, time or timestamp, also as an escape sequence; a zone is applied and dropped.
  static func moment(
    _ text: UnsafeRawBufferPointer, today: Int32
  ) -> (WallClock?, ConversionOutcome) {
    let text = unsafe unescaped(trimmed(text))
    guard unsafe startsLikeMoment(text) else { return (nil, .invalidCast) }
    do throws(TernError) {
      // A date has a hyphen before any colon.
      if unsafe isTimeAlone(text) {
        var parser = unsafe MomentParser(span(text))
        let time = try parser.wholeTime()
        return (
          WallClock(
            days: nil, secondOfDay: Int32(truncatingIfNeeded: time.seconds),
            nanoseconds: time.nanoseconds), .exact
        )
      }
      var parser = unsafe MomentParser(span(text))
      let moment = try parser.wholeTimestamp(hasZone: true)
      return (WallClock(seconds: moment.seconds, nanoseconds: moment.nanoseconds), .exact)
    } catch {
      return (nil, ConversionOutcome(error))
    }
  }

  /// An interval of a kind; one field alone may be a plain number.
  static func interval(
    _ text: UnsafeRawBufferPointer, _ kind: IntervalKind
  ) -> (IntervalAmount?, ConversionOutcome) {
    let text = unsafe trimmed(text)
    if kind.isSingle, let number = unsafe DecimalValue(parsing: span(text)) {
      return single(number, kind)
    }
    if !kind.isSingle, let nanoseconds = unsafe IntervalText.nanoseconds(text, kind) {
      return (.nanoseconds(nanoseconds), .exact)
    }
    do throws(TernError) {
      var parser = unsafe MomentParser(span(text))
      if kind.isMonths { return (.months(Int64(try parser.wholeMonths())), .exact) }
      let value = try parser.wholeElapsed()
      return (
        .nanoseconds(Int128(value.days) * 86_400_000_000_000 + Int128(value.nanoseconds)), .exact
      )
    } catch {
      let outcome = ConversionOutcome(error)
      return (nil, outcome == .invalidDatetime ? .invalidCast : outcome)
    }
  }

  /// A number of one field's units.
  static func single(
    _ number: DecimalValue, _ kind: IntervalKind
  ) -> (IntervalAmount?, ConversionOutcome) {
    let (cut, _) = number.truncated(to: kind == .second ? 9 : 0)
    guard let count = cut.unscaled, count.magnitude < 1 << 96 else {
      return (nil, .intervalOutOfRange)
    }
    if kind.isMonths {
      guard let months = Int64(exactly: count * (kind == .year ? 12 : 1)) else {
        return (nil, .intervalOutOfRange)
      }
      return (.months(months), .exact)
    }
    // 2^96 times a day's nanoseconds (below 2^47) would not fit; a second's count is one already.
    guard kind == .second || count.magnitude < 1 << 64 else { return (nil, .intervalOutOfRange) }
    return (
      .nanoseconds(
        kind == .second ? count : count * Int128(kind.secondsPerUnit) * 1_000_000_000), .exact
    )
  }

  /// Whether the text is a number: sign, digits, point, exponent.
  static func isNumber(_ text: UnsafeRawBufferPointer) -> Bool {
    var digitCount = 0
    var hasPoint = false
    var index = 0
    if text.count > 0, unsafe text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
      index = 1
    }
    while index < text.count {
      let byte = unsafe text[index]
      if 0x30...0x39 ~= byte {
        digitCount += 1
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      index += 1
    }
    guard digitCount > 0 else { return false }
    guard index < text.count else { return true }
    guard unsafe text[index] | 0x20 == UInt8(ascii: "e") else { return false }
    index += 1
    if index < text.count,
      unsafe text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
    {
      index += 1
    }
    guard index < text.count, text.count - index < 10 else { return false }
    return unsafe text[index...].allSatisfy { 0x30...0x39 ~= $0 }
  }

  @_lifetime(borrow text)
  private static func span(_ text: UnsafeRawBufferPointer) -> Span<UInt8> {
    unsafe Span(_unsafeBytes: text)
  }

  private static func word(_ text: UnsafeRawBufferPointer) -> Bool? {
    switch unsafe String(decoding: text, as: UTF8.self).lowercased() {
    case "true": true
    case "false": false
    default: nil
    }
  }

  /// What stands between the quotes of `{d '…'}`, `{t '…'}` or `{ts '…'}`.
  private static func unescaped(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard text.count > 4, unsafe text[0] == UInt8(ascii: "{"),
      unsafe text[text.count - 1] == UInt8(ascii: "}"),
      let first = unsafe text.firstIndex(of: UInt8(ascii: "'")),
      let last = unsafe text.lastIndex(of: UInt8(ascii: "'")), first < last
    else { return unsafe text }
    return unsafe UnsafeRawBufferPointer(rebasing: text[first + 1..<last])
  }

  private static func startsLikeMoment(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = unsafe text.first else { return false }
    return 0x30...0x39 ~= first
  }

  private static func isTimeAlone(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let colon = unsafe text.firstIndex(of: UInt8(ascii: ":")) else { return false }
    return unsafe !text[0..<colon].contains(UInt8(ascii: "-"))
  }
}
