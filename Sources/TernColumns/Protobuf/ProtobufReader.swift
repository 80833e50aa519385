public import TernCore

/// Pulls fields out of one protobuf message that arrives in pieces.
///
/// The message is never held whole: a window moves over it, as in `JSONReader`. `next()` gives a
/// field of the innermost open message; its value must then be read by the getter that fits its
/// wire type, entered, or skipped. A message that ends early, a varint that is too long, a group,
/// or a getter of another wire type is `badMessage` with the byte where it was found; the reader is
/// then of no further use. One thread at a time; another thread may take over, such as one that
/// decodes what was received here. Source: Protocol Buffers, "Encoding".
public final class ProtobufReader: @unchecked Sendable {
  // Sound as Sendable: not shared but handed over.

  /// How a value is encoded.
  public enum WireType: UInt8, Sendable {
    /// The three that proto3 uses for numbers, and the one for everything else.
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  let window: JSONWindow
  /// The number of the field that `next()` gave last.
  public private(set) var field = 0
  /// How its value is encoded.
  public private(set) var wireType = WireType.varint
  private var hasValue = false
  /// Where the messages around the innermost one end, and where that one does.
  private var outerEnds: [Int] = []
  private var end = Int.max
  private let depthMax: Int

  /// Reads from `source`. `windowByteCount` is how much is asked for at once.
  public init(
    _ source: any ByteSource, limit: JSONReader.Limit = JSONReader.Limit(),
    windowByteCount: Int = 256 << 10
  ) throws(TernError) {
    window = try JSONWindow(source, limit, byteCount: windowByteCount)
    depthMax = limit.depthMax
  }

  /// Reads bytes that are already there.
  public convenience init(_ bytes: [UInt8]) throws(TernError) {
    try self.init(ArraySource(bytes), windowByteCount: min(max(bytes.count, 64), 256 << 10))
  }

  /// Bytes of the document before the next one to be read.
  public var offset: Int { window.offset }

  /// Messages that are open inside the outermost one.
  public var depth: Int { outerEnds.count }

  /// Bytes of the innermost message that are left, as far as they are in the window.
  var available: Int { min(window.available, end - window.offset) }

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

  /// How often the field occurs in a row from its value on, which stays unread, as far as the
  /// message is in the window; and whether nothing else follows in the message.
  public var repetition: (count: Int, isRest: Bool) {
    guard hasValue, wireType == .lengthDelimited, field < 16 else { return (0, false) }
    let tag = UInt8(truncatingIfNeeded: field << 3 | 2)
    var next = unsafe window.start
    // Sound: only bytes before `limit` are stepped over, and 64 zero bytes follow the window.
    let limit = unsafe next + available
    var count = 0
    while let (byteCount, value) = unsafe TypedCell.length(next, limit) {
      count += 1
      unsafe next = value + byteCount
      guard unsafe next < limit, unsafe byte(next) == tag else { break }
      unsafe next += 1
    }
    return unsafe (count, next == limit)
  }

  /// The next field of the innermost message, skipping a value that was not read; nil at its end,
  /// with the message left.
  public func next() throws(TernError) -> Int? {
    if hasValue { try skip() }
    guard try !isAtEnd() else {
      if let outer = outerEnds.popLast() { end = outer }
      return nil
    }
    let tag = try varint()
    guard let type = WireType(rawValue: UInt8(tag & 7)), 1...UInt64(0x1FFF_FFFF) ~= tag >> 3 else {
      throw window.malformed("a protobuf tag")
    }
    field = Int(tag >> 3)
    wireType = type
    hasValue = true
    return field
  }

  /// Enters the message that is the field's value; `next()` then walks it.
  public func enter() throws(TernError) {
    let byteCount = try length()
    open(byteCount)
    guard outerEnds.count <= depthMax else { throw window.malformed("nested over \(depthMax)") }
  }

  /// Enters a message that is not there, because all of it is default.
  public func enterEmpty() { open(0) }

  /// Steps over the value.
  public func skip() throws(TernError) {
    switch wireType {
    case .varint: _ = try varint()
    case .fixed64: try skip(8)
    case .fixed32: try skip(4)
    case .lengthDelimited: try skip(try length())
    }
    hasValue = false
  }

  /// A `uint64`, or any other varint as it stands.
  public func uint64() throws(TernError) -> UInt64 {
    try expect(.varint)
    return try varint()
  }

  /// An `int64`, or a `uint64` that carries one.
  public func int64() throws(TernError) -> Int64 { Int64(bitPattern: try uint64()) }

  /// An `int32`, or a `uint32` that carries one: five bytes and ten mean the same.
  public func int32() throws(TernError) -> Int32 { Int32(truncatingIfNeeded: try uint64()) }

  /// A `sint64` or `sint32`.
  public func zigzag() throws(TernError) -> Int64 { ZigZag.decode(try uint64()) }

  /// A `bool`.
  public func bool() throws(TernError) -> Bool { try uint64() != 0 }

  /// A `double`.
  public func double() throws(TernError) -> Double {
    try expect(.fixed64)
    try need(8)
    // Sound: eight bytes are in the window.
    let bits = unsafe window.start.loadUnaligned(as: UInt64.self)
    window.skip(8)
    return Double(bitPattern: UInt64(littleEndian: bits))
  }

  /// A copy of the bytes of a `bytes`, a `string`, or a message.
  public func bytes() throws(TernError) -> [UInt8] {
    let count = try length()
    try need(count)
    let copy = unsafe Array(window.bytes(from: 0, count: count))
    window.skip(count)
    return copy
  }

  /// A `string`. Bytes that are not UTF-8 become U+FFFD: servers pass on what databases hold.
  public func string() throws(TernError) -> String {
    String(decoding: try bytes(), as: UTF8.self)
  }

  /// Appends the varints of a repeated field: one, or many packed.
  public func append(to values: inout [UInt64]) throws(TernError) {
    guard wireType == .lengthDelimited else { return values.append(try uint64()) }
    open(try length())
    while try !isAtEnd() { values.append(try varint()) }
    if let outer = outerEnds.popLast() { end = outer }
  }

  /// Throws unless the document has ended.
  public func finish() throws(TernError) {
    guard outerEnds.isEmpty, try isAtEnd() else {
      throw window.malformed("bytes after the message")
    }
  }

  // MARK: - Inside

  /// The length of the field's value, which then follows; it lies inside the open message.
  func length() throws(TernError) -> Int {
    try expect(.lengthDelimited)
    guard let length = Int(exactly: try varint()), length <= end - window.offset else {
      throw window.malformed("a protobuf length")
    }
    return length
  }

  /// Treats the next `byteCount` bytes as a message that was entered.
  func open(_ byteCount: Int) {
    outerEnds.append(end)
    end = window.offset + byteCount
    hasValue = false
  }

  /// Makes sure that `byteCount` more bytes are in the window.
  func need(_ byteCount: Int) throws(TernError) {
    guard byteCount <= end - window.offset else { throw window.malformed("a short message") }
    while window.available < byteCount {
      guard try window.refill() else { throw window.malformed("the end of the message") }
    }
  }

  private func isAtEnd() throws(TernError) -> Bool {
    if window.offset >= end { return true }
    guard window.available == 0 else { return false }
    if try window.refill() || window.available > 0 { return false }
    guard end == .max else { throw window.malformed("the end of the message") }
    return true
  }

  private func expect(_ type: WireType) throws(TernError) {
    guard hasValue, wireType == type else {
      throw window.malformed("protobuf field \(field) of another type")
    }
    hasValue = false
  }

  private func skip(_ byteCount: Int) throws(TernError) {
    guard byteCount <= end - window.offset else { throw window.malformed("a short message") }
    var rest = byteCount
    while rest > 0 {
      if window.available == 0, try !window.refill(), window.available == 0 {
        throw window.malformed("the end of the message")
      }
      let step = min(rest, window.available)
      window.skip(step)
      rest -= step
    }
  }

  private func varint() throws(TernError) -> UInt64 {
    var value: UInt64 = 0
    let room = end - window.offset
    for index in 0..<10 {
      guard index < room else { throw window.malformed("a short message") }
      let byte = try window.byte(at: index)
      guard window.hasByte(at: index) else { throw window.malformed("the end of the message") }
      // The tenth byte has room for one bit.
      guard index < 9 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) &<< UInt64(7 * index)
      if byte < 0x80 {
        window.skip(index + 1)
        return value
      }
    }
    throw window.malformed("a protobuf number of more than 64 bits")
  }
}

/// Signed numbers as protobuf's `sint64` carries them: 0, -1, 1, -2, … as 0, 1, 2, 3, …
enum ZigZag {
  @inline(__always) static func decode(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value &>> 1) ^ (0 &- Int64(bitPattern: value & 1))
  }
}
