public import TernCore

/// Pulls values out of one JSON document that arrives in pieces (RFC 8259).
///
/// The document is never held whole: a window moves over it, and a value that straddles the end of
/// the window is read again from its start after more bytes came. Control messages are walked with
/// `beginObject`, `nextKey`, `string()` and their like; rows go to columns through `ColumnDecoder`.
/// Malformed JSON, and a value of another kind than asked for, is `badMessage` with the byte where
/// it was found; the reader is then of no further use. One thread at a time; another thread may
/// take over, such as one that decodes what was received here.
public final class JSONReader: @unchecked Sendable {
  // Sound as Sendable: not shared but handed over.

  /// What the next value is.
  public enum Kind: Hashable, Sendable {
    /// The six kinds of JSON.
    case object, array, string, number, bool, null
  }

  /// How much of a document is accepted.
  public struct Limit: Sendable {
    /// Bytes of the document.
    public var byteCountMax = Int.max
    /// Bytes of one string or number, or of one value taken by `rawValue()`.
    public var valueByteCountMax = Limits.valueByteCountMax
    /// Nesting.
    public var depthMax = Limits.jsonDepthMax

    /// A reply that is not rows: what is held of it stays below 64 MiB.
    public static let control = Limit(
      byteCountMax: Limits.controlMessageByteCountMax,
      valueByteCountMax: Limits.controlMessageByteCountMax)

    /// Makes limits.
    public init(
      byteCountMax: Int = .max, valueByteCountMax: Int = Limits.valueByteCountMax,
      depthMax: Int = Limits.jsonDepthMax
    ) {
      self.byteCountMax = byteCountMax
      self.valueByteCountMax = valueByteCountMax
      self.depthMax = depthMax
    }
  }

  /// Whether bytes that are not UTF-8 and lone surrogates become U+FFFD instead of an error.
  public var repairsText = false

  let window: JSONWindow
  /// The text of the last string that had escapes.
  var scratch: [UInt8] = []
  private var containers: [Container] = []
  private let depthMax: Int

  private struct Container {
    let isObject: Bool
    var hasElements = false
  }

  /// Reads from `source`. `windowByteCount` is how much is asked for at once.
  public init(
    _ source: any ByteSource, limit: Limit = Limit(), windowByteCount: Int = 256 << 10
  ) throws(TernError) {
    window = try JSONWindow(source, limit, byteCount: windowByteCount)
    depthMax = limit.depthMax
  }

  /// Reads bytes that are already there.
  public convenience init(_ bytes: [UInt8], limit: Limit = Limit()) throws(TernError) {
    try self.init(
      ArraySource(bytes), limit: limit, windowByteCount: min(max(bytes.count, 64), 256 << 10))
  }

  /// Bytes of the document before the next one to be read.
  public var offset: Int { window.offset }

  /// Objects and arrays that are open.
  public var depth: Int { containers.count }

  /// Receives as much as the window takes, before the first value is asked for.
  public func fill() throws(TernError) { try window.fill() }

  /// Receives the rest of the document, so that reading on blocks no more and may be left to
  /// another thread; false if more than `byteCountMax` bytes come, with the rest still to come.
  public func receiveAll(_ byteCountMax: Int) throws(TernError) -> Bool {
    while window.available <= byteCountMax {
      guard try window.refill() else { return true }
    }
    return false
  }

  /// Bytes that were received and not read yet.
  public var availableByteCount: Int { window.available }

  /// The kind of the next value.
  public func peek() throws(TernError) -> Kind {
    switch try window.nextByte() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    default: throw window.malformed("a value was expected")
    }
  }

  /// Whether an object comes next; false for anything else, JSON or not.
  public func isObjectNext() throws(TernError) -> Bool {
    try window.nextByte() == UInt8(ascii: "{")
  }

  /// Enters an object; `nextKey()` then walks it.
  public func beginObject() throws(TernError) {
    try open(UInt8(ascii: "{"), "an object", isObject: true)
  }

  /// Enters an array; `nextElement()` then walks it.
  public func beginArray() throws(TernError) {
    try open(UInt8(ascii: "["), "an array", isObject: false)
  }

  /// The name of the next member, whose value must then be read or skipped; nil after the last
  /// one, with the object left.
  public func nextKey() throws(TernError) -> String? {
    guard try advance(isObject: true) else { return nil }
    let key = try text("a member name")
    guard try window.nextByte() == UInt8(ascii: ":") else { throw window.malformed("no colon") }
    window.skip(1)
    return key
  }

  /// Whether another element follows, which must then be read or skipped; false after the last
  /// one, with the array left.
  public func nextElement() throws(TernError) -> Bool {
    try advance(isObject: false)
  }

  /// Throws unless the document has ended.
  public func finish() throws(TernError) {
    guard containers.isEmpty else { throw window.malformed("an object or array is open") }
    guard try window.isAtEnd() else { throw window.malformed("bytes after the document") }
  }

  private func open(_ byte: UInt8, _ what: String, isObject: Bool) throws(TernError) {
    guard try window.nextByte() == byte else { throw window.malformed("not \(what)") }
    guard containers.count < depthMax else {
      throw window.malformed("nested deeper than \(depthMax)")
    }
    window.skip(1)
    containers.append(Container(isObject: isObject))
  }

  /// Steps over a comma or the end of the innermost object or array.
  private func advance(isObject: Bool) throws(TernError) -> Bool {
    guard let last = containers.indices.last, containers[last].isObject == isObject else {
      throw .internal("the JSON reader is not inside \(isObject ? "an object" : "an array")")
    }
    let byte = try window.nextByte()
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      window.skip(1)
      containers.removeLast()
      return false
    }
    guard containers[last].hasElements else {
      containers[last].hasElements = true
      return true
    }
    guard byte == UInt8(ascii: ",") else { throw window.malformed("no comma") }
    window.skip(1)
    return true
  }

  /// Takes note of an array that a fast loop stepped into, up to the start of an element.
  func enteredArray() throws(TernError) {
    guard containers.count < depthMax else {
      throw window.malformed("nested deeper than \(depthMax)")
    }
    containers.append(Container(isObject: false, hasElements: true))
  }

  /// Steps over commas and ends of containers until a value comes or `depth` is reached again.
  func advance(toDepth depth: Int) throws(TernError) {
    while containers.count > depth {
      let isObject = containers[containers.count - 1].isObject
      guard try advance(isObject: isObject) else { continue }
      guard isObject else { return }
      _ = try token("a member name")
      guard try window.nextByte() == UInt8(ascii: ":") else { throw window.malformed("no colon") }
      window.skip(1)
      return
    }
  }
}
