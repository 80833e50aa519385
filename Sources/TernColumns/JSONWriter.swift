import TernCore

/// Writes JSON into bytes: requests, and the columns of parameters.
///
/// Commas come by themselves. Names and values are the caller's order; nesting is not checked.
public struct JSONWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Starts an empty document.
  public init() {}

  /// Opens an object.
  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  /// Closes an object.
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  /// Opens an array.
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  /// Closes an array.
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes a member name; its value comes next.
  public mutating func key(_ name: String) {
    separate()
    JSONText.append(quoted: Array(name.utf8).span, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a string.
  public mutating func value(_ text: String) {
    separate()
    JSONText.append(quoted: Array(text.utf8).span, to: &bytes)
  }

  /// Writes a string given as UTF-8.
  public mutating func value(utf8 text: Span<UInt8>) {
    separate()
    JSONText.append(quoted: text, to: &bytes)
  }

  /// Writes a whole number.
  public mutating func value(_ number: Int64) {
    separate()
    NumberText.append(number, to: &bytes)
  }

  /// Writes a whole number.
  public mutating func value(_ number: Int) { value(Int64(number)) }

  /// Writes a whole number.
  public mutating func value(_ number: UInt64) {
    separate()
    NumberText.append(number, to: &bytes)
  }

  /// Writes a double with a point or exponent; null if it has no digits.
  public mutating func value(_ number: Double) {
    guard number.isFinite else { return null() }
    separate()
    NumberText.append(number, to: &bytes)
  }

  /// Writes a decimal as a number with all its digits.
  public mutating func value(_ number: DecimalValue) {
    separate()
    number.append(to: &bytes)
  }

  /// Writes true or false.
  public mutating func value(_ bool: Bool) { raw(bool ? "true" : "false") }

  /// Writes null.
  public mutating func null() { raw("null") }

  /// Writes text that is JSON already.
  public mutating func raw(_ json: String) {
    separate()
    bytes += json.utf8
  }

  /// Writes bytes that are JSON already.
  public mutating func raw(_ json: [UInt8]) {
    separate()
    bytes += json
  }

  /// Writes a member.
  public mutating func member(_ name: String, _ text: String) {
    key(name)
    value(text)
  }

  /// Writes a member.
  public mutating func member(_ name: String, _ number: Int64) {
    key(name)
    value(number)
  }

  /// Writes a member.
  public mutating func member(_ name: String, _ bool: Bool) {
    key(name)
    value(bool)
  }

  /// Lets `body` write one value straight into the bytes.
  mutating func append(_ body: (inout [UInt8]) throws(TernError) -> Void) throws(TernError) {
    separate()
    try body(&bytes)
  }

  /// The document, which the writer then no longer holds.
  public consuming func finish() -> [UInt8] { bytes }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func open(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }
}
