private import CTern
public import TernCore

/// Where the text of a string lies after it was stepped over.
enum JSONToken {
  /// In the window, until the reader moves on: offset from the read position, and bytes.
  case window(start: Int, count: Int)
  /// In the reader's `scratch`.
  case scratch
}

extension JSONReader {
  /// Steps over a string and says where its text is: UTF-8 without escapes.
  func token(_ what: String) throws(TernError) -> JSONToken {
    guard try window.nextByte() == UInt8(ascii: "\"") else { throw window.malformed("not \(what)") }
    let shape = try stringShape()
    if shape.hasEscapes {
      try unescape(count: shape.count)
    } else if !shape.isASCII, !window.isUTF8(from: 1, count: shape.count) {
      guard repairsText else { throw window.malformed("a string that is not UTF-8") }
      scratch = Array(window.text(from: 1, count: shape.count).utf8)
    } else {
      window.skip(shape.count + 2)
      return .window(start: -shape.count - 1, count: shape.count)
    }
    window.skip(shape.count + 2)
    return .scratch
  }

  /// Steps over a string of any length, of which only a window is held.
  ///
  /// - Returns: whether it has escapes. What they are, and whether the text is UTF-8, is not looked
  ///   at: whoever reads it later does that.
  public func skipString() throws(TernError) -> Bool {
    guard try window.nextByte() == UInt8(ascii: "\"") else {
      throw window.malformed("not a string")
    }
    window.skip(1)
    var hasEscapes = false
    while true {
      let stops = window.textMasks(at: 0).stops
      let run = min(stops == 0 ? 16 : stops.trailingZeroBitCount, window.available)
      window.skip(run)
      if run == 16 { continue }
      switch try window.byte(at: 0) {
      case UInt8(ascii: "\""):
        window.skip(1)
        return hasEscapes
      case UInt8(ascii: "\\"):
        hasEscapes = true
        guard try window.byte(at: 1) >= 0x20 else { throw window.malformed("an unknown escape") }
        window.skip(2)
      case 0..<0x20:
        let what = window.hasByte(at: 0) ? "a control character in" : "the end inside"
        throw window.malformed("\(what) a string")
      default: continue  // More bytes have come.
      }
    }
  }

  /// Finds the closing quote; the whole string is then in the window.
  private func stringShape() throws(TernError) -> (count: Int, hasEscapes: Bool, isASCII: Bool) {
    var length = 1
    var hasEscapes = false
    var isASCII = true
    while true {
      let (stops, highBits) = window.textMasks(at: length)
      let run = stops == 0 ? 16 : stops.trailingZeroBitCount
      if highBits & (1 << UInt32(run) &- 1) != 0 { isASCII = false }
      length += run
      if run == 16 { continue }
      switch try window.byte(at: length) {
      case UInt8(ascii: "\""): return (length - 1, hasEscapes, isASCII)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        guard try window.byte(at: length + 1) >= 0x20 else {
          throw window.malformed("an unknown escape", at: length)
        }
        length += 2
      case 0..<0x20:
        let what = window.hasByte(at: length) ? "a control character in" : "the end inside"
        throw window.malformed("\(what) a string", at: length)
      default: continue  // The block was read again after a refill.
      }
    }
  }

  /// Writes the text of the string at the read position into `scratch`.
  private func unescape(count: Int) throws(TernError) {
    scratch.removeAll(keepingCapacity: true)
    var index = 1
    while index <= count {
      let byte = try window.byte(at: index)
      if byte != UInt8(ascii: "\\") {
        scratch.append(byte)
        index += 1
        continue
      }
      let escaped = try window.byte(at: index + 1)
      if escaped == UInt8(ascii: "u") {
        index += try unescapeUnicode(at: index, end: count + 1)
        continue
      }
      guard let plain = Self.plainByte(escaped) ?? apostrophe(escaped) else {
        throw window.malformed("an unknown escape", at: index)
      }
      scratch.append(plain)
      index += 2
    }
    guard UTF8Check.isValid(scratch) else {
      guard repairsText else { throw window.malformed("a string that is not UTF-8") }
      scratch = Array(String(decoding: scratch, as: UTF8.self).utf8)
      return
    }
  }

  /// Appends the character of `\uXXXX`, or of two that are a surrogate pair; returns the bytes
  /// taken.
  private func unescapeUnicode(at index: Int, end: Int) throws(TernError) -> Int {
    guard let first = try hexUnit(at: index + 2, end: end) else {
      throw window.malformed("an unknown escape", at: index)
    }
    if let scalar = Unicode.Scalar(first) {
      scratch += Array(String(Character(scalar)).utf8)
      return 6
    }
    if first < 0xDC00, index + 12 <= end, try window.byte(at: index + 6) == UInt8(ascii: "\\"),
      try window.byte(at: index + 7) == UInt8(ascii: "u"),
      let second = try hexUnit(at: index + 8, end: end), 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    {
      scratch += Array(String(Character(scalar)).utf8)
      return 12
    }
    guard repairsText else { throw window.malformed("a lone surrogate", at: index) }
    scratch += [0xEF, 0xBF, 0xBD]
    return 6
  }

  private func hexUnit(at index: Int, end: Int) throws(TernError) -> UInt32? {
    guard index + 4 <= end else { return nil }
    var unit: UInt32 = 0
    for position in index..<index + 4 {
      guard let digit = HexDigit.value(try window.byte(at: position)) else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// `\'`, which is no JSON but is sent by servers whose texts need repair.
  private func apostrophe(_ escaped: UInt8) -> UInt8? {
    repairsText && escaped == UInt8(ascii: "'") ? escaped : nil
  }

  private static func plainByte(_ escaped: UInt8) -> UInt8? {
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escaped
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    default: nil
    }
  }
}

/// Hexadecimal digits of either case.
enum HexDigit {
  /// 0 to 15, or nil.
  @inline(__always)
  static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
