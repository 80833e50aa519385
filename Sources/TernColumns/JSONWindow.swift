private import CTern
import TernCore

/// The bytes of a document that are in memory: a window that slides and, when one value needs it,
/// grows.
///
/// 64 readable bytes precede the first byte and 64 zero bytes follow the last one, so a scan that
/// stops at control characters needs no bounds check. Offsets count from the read position; a
/// refill keeps them valid.
@safe final class JSONWindow {
  private let source: any ByteSource
  private let byteCountMax: Int
  private let valueByteCountMax: Int
  private var memory: Allocation
  private var capacity: Int
  private var consumed = 0
  private var pinOffset: Int?
  private var hasEnded = false
  /// The read position and the end of what is there, in `memory`.
  private(set) var position = 0
  private(set) var end = 0

  init(_ source: any ByteSource, _ limit: JSONReader.Limit, byteCount: Int) throws(TernError) {
    self.source = source
    byteCountMax = limit.byteCountMax
    valueByteCountMax = limit.valueByteCountMax
    capacity = max(byteCount, 64)
    memory = try Self.allocate(capacity)
    terminate()
  }

  /// Readable bytes in front.
  private static let margin = 64

  private static func allocate(_ capacity: Int) throws(TernError) -> Allocation {
    let memory = try Allocation.make(margin + capacity)
    // Sound: the block is at least that large.
    unsafe memory.start.initializeMemory(as: UInt8.self, repeating: 0, count: margin)
    return memory
  }

  /// What `position` and `end` count from.
  private var base: UnsafeMutableRawPointer { unsafe memory.start + Self.margin }

  /// Bytes of the document before the read position.
  var offset: Int { consumed + position }

  /// The byte at the read position; all bytes up to `end` and 64 zeroes may be read from there.
  @unsafe var start: UnsafeRawPointer { unsafe UnsafeRawPointer(base + position) }

  /// Bytes from the read position to `end`.
  var available: Int { end - position }

  /// Moves on over bytes that were looked at.
  func skip(_ count: Int) {
    assert(count >= 0 && count <= available)
    position = min(position + max(0, count), end)
  }

  /// The first byte that is not white space, which is stepped over.
  @inline(__always)
  func nextByte() throws(TernError) -> UInt8 {
    // Sound: zero bytes follow `end`.
    let byte = unsafe start.load(as: UInt8.self)
    if byte > 0x20 { return byte }
    return try nextByteSlowly()
  }

  private func nextByteSlowly() throws(TernError) -> UInt8 {
    guard try !isAtEnd() else { throw malformed("the end of the document") }
    return unsafe start.load(as: UInt8.self)
  }

  /// Steps over white space; whether nothing follows.
  func isAtEnd() throws(TernError) -> Bool {
    while true {
      // Sound: zero bytes follow `end`.
      switch unsafe start.load(as: UInt8.self) {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      case 0 where position == end:
        guard try refill() else { return true }
      default: return false
      }
    }
  }

  /// The byte `index` behind the read position; 0 behind the end of the document.
  @inline(__always)
  func byte(at index: Int) throws(TernError) -> UInt8 {
    while index >= available {
      guard try refill() else { return 0 }
    }
    // Sound: just compared with `available`.
    return unsafe start.load(fromByteOffset: index, as: UInt8.self)
  }

  /// Whether the byte `index` behind the read position is in the window.
  func hasByte(at index: Int) -> Bool { index < available }

  /// For the 16 bytes at `index`: which end a run of text, and which are not ASCII.
  func textMasks(at index: Int) -> (stops: UInt32, highBits: UInt32) {
    let inside = min(index, available)
    // Sound: `inside` is at most `end`, and 64 bytes follow.
    return unsafe (tern_text_stops(start + inside), tern_text_high_bits(start + inside))
  }

  /// Whether these bytes come next and no letter or digit runs on behind them.
  func starts(with word: StaticString) throws(TernError) -> Bool {
    for index in 0..<word.utf8CodeUnitCount {
      // Sound: a StaticString without interpolation has its code units behind the pointer.
      let wanted = unsafe word.utf8Start[index]
      guard try byte(at: index) == wanted else { return false }
    }
    switch try byte(at: word.utf8CodeUnitCount) {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      return false
    default: return true
    }
  }

  /// Bytes of the window, from an offset that may lie before the read position.
  @unsafe func bytes(from start: Int, count: Int) -> UnsafeRawBufferPointer {
    let first = min(max(0, position + start), end)
    return unsafe UnsafeRawBufferPointer(
      start: base + first, count: min(max(0, count), end - first))
  }

  /// Those bytes as text.
  func text(from start: Int, count: Int) -> String {
    unsafe String(decoding: bytes(from: start, count: count), as: UTF8.self)
  }

  /// Whether those bytes are UTF-8.
  func isUTF8(from start: Int, count: Int) -> Bool {
    unsafe UTF8Check.isValid(bytes(from: start, count: count))
  }

  /// Those bytes as a decimal number.
  func decimal(from start: Int, count: Int) -> DecimalValue? {
    unsafe DecimalValue(parsing: bytes(from: start, count: count).bindMemory(to: UInt8.self).span)
  }

  /// Keeps everything from the read position on in the window.
  func pin() { pinOffset = consumed + position }

  /// Lets go of what was pinned.
  func unpin() { pinOffset = nil }

  /// The bytes between the pin and the read position.
  func pinned() -> [UInt8] {
    let first = (pinOffset ?? offset) - consumed
    return unsafe Array(bytes(from: first - position, count: position - first))
  }

  /// An error that says where.
  func malformed(_ what: String, at index: Int = 0) -> TernError {
    .badMessage(what, at: offset + index)
  }

  /// Gets more bytes behind those that are there; false at the end of the document.
  ///
  /// The bytes from the read position on stay, at other addresses.
  @inline(never)
  func refill() throws(TernError) -> Bool {
    if hasEnded { return false }
    slide()
    if end == capacity { try grow() }
    let room = unsafe UnsafeMutableBufferPointer(
      start: (base + end).assumingMemoryBound(to: UInt8.self), count: capacity - end)
    // Sound: the span ends before the padding, and nobody else sees this memory.
    var output = unsafe OutputSpan(buffer: room, initializedCount: 0)
    hasEnded = try !source.read(into: &output)
    let count = unsafe output.finalize(for: room)
    end += count
    terminate()
    guard consumed + end <= byteCountMax else {
      throw malformed("a reply over \(byteCountMax) bytes")
    }
    if count == 0, !hasEnded { throw .internal("a byte source gave nothing") }
    return !hasEnded
  }

  /// Reads until the window is full or the document has ended.
  func fill() throws(TernError) {
    while end < capacity {
      guard try refill() else { return }
    }
  }

  /// Moves what is still needed to the front.
  private func slide() {
    let first = min(position, (pinOffset ?? .max) - consumed)
    guard first > 0 else { return }
    // Sound: both ranges are inside the window; memmove semantics.
    unsafe base.copyMemory(from: base + first, byteCount: end - first)
    consumed += first
    position -= first
    end -= first
  }

  private func grow() throws(TernError) {
    guard capacity < valueByteCountMax else {
      throw malformed("a value over \(valueByteCountMax) bytes")
    }
    let next = min(capacity * 2, max(valueByteCountMax, capacity + 1))
    let larger = try Self.allocate(next)
    // Sound: `end` bytes were written, and the new block is larger.
    unsafe (larger.start + Self.margin).copyMemory(from: base, byteCount: end)
    memory = larger
    capacity = next
  }

  private func terminate() {
    // Sound: at least 64 bytes follow `capacity`, and `end` never passes it.
    unsafe (base + end).initializeMemory(
      as: UInt8.self, repeating: 0, count: Allocation.alignment)
  }
}
