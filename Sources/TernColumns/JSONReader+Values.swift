public import TernCore

extension JSONReader {
  /// A string.
  public func string() throws(TernError) -> String { try text("a string") }

  /// A string, or nil for null.
  public func stringOrNull() throws(TernError) -> String? { try null() ? nil : try string() }

  /// A whole number of 64 bits; `5.0` and `5e0` are 5.
  public func int64() throws(TernError) -> Int64 {
    let start = offset
    guard let value = Int64(exactly: try wholeNumber()) else {
      throw .badMessage("an integer beyond 64 bits", at: start)
    }
    return value
  }

  /// A whole number of 64 bits, or nil for null.
  public func int64OrNull() throws(TernError) -> Int64? { try null() ? nil : try int64() }

  /// A whole number of 64 bits without a sign.
  public func uint64() throws(TernError) -> UInt64 {
    let start = offset
    guard let value = UInt64(exactly: try wholeNumber()) else {
      throw .badMessage("an integer beyond 64 bits, or negative", at: start)
    }
    return value
  }

  /// A number as the document spells it.
  public func numberText() throws(TernError) -> String {
    let count = try number()
    defer { window.skip(count) }
    return window.text(from: 0, count: count)
  }

  /// The double nearest to a number.
  public func double() throws(TernError) -> Double {
    guard let value = Double(try numberText()), value.isFinite else {
      throw window.malformed("a number beyond a double")
    }
    return value
  }

  /// true or false; the numbers 1 and 0 too, as some servers write them.
  public func bool() throws(TernError) -> Bool {
    switch try window.nextByte() {
    case UInt8(ascii: "t"):
      try word("true")
      return true
    case UInt8(ascii: "f"):
      try word("false")
      return false
    default:
      switch try int64() {
      case 0: return false
      case 1: return true
      default: throw window.malformed("not a Boolean")
      }
    }
  }

  /// Whether the next value is null, which is then stepped over; anything else stays.
  public func null() throws(TernError) -> Bool {
    guard try window.nextByte() == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  /// A string, number or Boolean as text; null as nil.
  public func scalarText() throws(TernError) -> String? {
    switch try peek() {
    case .null:
      _ = try null()
      return nil
    case .string: return try string()
    case .number: return try numberText()
    case .bool: return try bool() ? "true" : "false"
    case .object, .array: throw window.malformed("not a plain value")
    }
  }

  /// Steps over a value of any kind; what it holds must still be JSON.
  public func skip() throws(TernError) {
    let start = depth
    repeat {
      switch try peek() {
      case .object: try beginObject()
      case .array: try beginArray()
      case .string: _ = try token("a string")
      case .number: window.skip(try number())
      case .bool: _ = try bool()
      case .null: _ = try null()
      }
      try advance(toDepth: start)
    } while depth > start
  }

  /// A value of any kind as the document spells it, to be read later with another reader.
  public func rawValue() throws(TernError) -> [UInt8] {
    _ = try window.nextByte()
    window.pin()
    defer { window.unpin() }
    try skip()
    return window.pinned()
  }

  /// Reads the members of an object: `body` gets each name and reads or skips its value.
  public func forEachKey(
    _ body: (String) throws(TernError) -> Void
  ) throws(TernError) {
    try beginObject()
    while let key = try nextKey() { try body(key) }
  }

  /// Reads the elements of an array: `body` reads or skips each.
  public func forEachElement(_ body: () throws(TernError) -> Void) throws(TernError) {
    try beginArray()
    while try nextElement() { try body() }
  }
}

extension JSONReader {
  /// Steps over one of the three words, which must not run on.
  func word(_ word: StaticString) throws(TernError) {
    guard try window.starts(with: word) else { throw window.malformed("not a value") }
    window.skip(word.utf8CodeUnitCount)
  }

  /// Bytes of the number that comes next, checked against the grammar but not stepped over.
  func number() throws(TernError) -> Int {
    _ = try window.nextByte()
    var scanner = JSONNumberScanner()
    var count = 0
    while scanner.accepts(try window.byte(at: count)) { count += 1 }
    guard scanner.isComplete else { throw window.malformed("not a number", at: count) }
    return count
  }

  private func wholeNumber() throws(TernError) -> Int128 {
    let count = try number()
    guard let decimal = window.decimal(from: 0, count: count),
      let whole = decimal.rescaled(to: 0)?.unscaled
    else { throw window.malformed("not an integer") }
    window.skip(count)
    return whole
  }

  /// A string stepped over, as Swift text.
  func text(_ what: String) throws(TernError) -> String {
    switch try token(what) {
    case .window(let start, let count): window.text(from: start, count: count)
    case .scratch: String(decoding: scratch, as: UTF8.self)
    }
  }
}
