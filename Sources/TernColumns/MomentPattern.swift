public import TernCore

/// A date or timestamp format in the element language that Exasol and Oracle share, compiled once
/// and then used for every value, in both directions.
///
/// Source: Exasol SQL reference, "Date/Time format models".
public struct MomentPattern: Hashable, Sendable {
  /// What one part of the text is.
  enum Element: Hashable, Sendable {
    case literal(UInt8)
    case year
    case yearDigits(Int)
    case month, monthName, monthShort, day, dayOfYear, weekday
    case weekdayShort
    case hour, hour12, half, minute, second, secondOfDay
    case fraction(Int?)
  }

  /// As the server spells it.
  public let format: String
  let elements: [Element]
  let language: MonthNames

  /// Compiles a format. `language` is the server's `dateLanguage`: ENG or DEU.
  /// - Throws: `.unsupported` for an element that is not known.
  public init(_ format: String, language: String = "ENG") throws(TernError) {
    self.format = format
    self.language = MonthNames(language)
    elements = try Self.compile(Array(format.utf8))
  }

  /// Whether a date can be read back from this format: a year of four digits and a day in it.
  public var isCompleteDate: Bool {
    elements.contains(.year)
      && (elements.contains(.dayOfYear)
        || (elements.contains(.day)
          && (elements.contains(.month) || elements.contains(.monthName)
            || elements.contains(.monthShort))))
  }

  /// Whether a timestamp with `digits` digits of a fraction can be read back.
  public func isCompleteTimestamp(digits: Int) -> Bool {
    let hasHour =
      elements.contains(.hour) || (elements.contains(.hour12) && elements.contains(.half))
    let hasSecond =
      elements.contains(.secondOfDay)
      || (hasHour && elements.contains(.minute) && elements.contains(.second))
    let shown = elements.reduce(0) { most, element in
      if case .fraction(let count) = element { max(most, count ?? 6) } else { most }
    }
    return isCompleteDate && hasSecond && shown >= digits
  }

  private static func compile(_ format: [UInt8]) throws(TernError) -> [Element] {
    var elements: [Element] = []
    var index = 0
    while index < format.count {
      let byte = format[index]
      if byte == UInt8(ascii: "\"") {
        index += 1
        while index < format.count, format[index] != UInt8(ascii: "\"") {
          elements.append(.literal(format[index]))
          index += 1
        }
        index += 1
        continue
      }
      let isLetter = 0x61...0x7A ~= byte | 0x20
      guard isLetter else {
        elements.append(.literal(byte))
        index += 1
        continue
      }
      guard let (element, count) = element(at: index, in: format) else {
        throw .unsupported("a date format has an element that Tern does not know")
      }
      elements.append(element)
      index += count
    }
    return elements
  }

  /// The longest element that starts here.
  private static func element(at index: Int, in format: [UInt8]) -> (Element, Int)? {
    for (word, element) in words {
      let bytes = Array(word.utf8)
      guard format.count - index >= bytes.count else { continue }
      let found = format[index..<index + bytes.count].map { $0 & 0xDF }
      // Digits lose no case bit that matters: compare them as they are.
      let matches = zip(bytes, format[index...]).enumerated().allSatisfy { position, pair in
        0x30...0x39 ~= pair.0 ? pair.0 == pair.1 : pair.0 == found[position]
      }
      if matches { return (element, bytes.count) }
    }
    return nil
  }

  /// Longer words first.
  private static let words: [(String, Element)] =
    (1...9).map { (digits: Int) in ("FF\(digits)", Element.fraction(digits)) } + [
      ("SSSSS", .secondOfDay), ("MONTH", .monthName), ("YYYY", .year), ("IYYY", .yearDigits(4)),
      ("HH24", .hour), ("HH12", .hour12), ("MON", .monthShort), ("YYY", .yearDigits(3)),
      ("DDD", .dayOfYear), ("DAY", .weekday), ("MM", .month), ("DD", .day), ("DY", .weekdayShort),
      ("HH", .hour12), ("MI", .minute), ("SS", .second), ("FF", .fraction(nil)),
      ("YY", .yearDigits(2)), ("AM", .half), ("PM", .half), ("Y", .yearDigits(1)),
    ]
}
