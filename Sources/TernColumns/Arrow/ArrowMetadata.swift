import TernCore

/// The binary form of metadata in the C data interface: a count, then lengths and bytes of keys
/// and values, all integers 32 bits of the machine.
enum ArrowMetadata {
  /// Entries as bytes.
  static func encode(_ entries: [MetadataEntry]) -> [UInt8] {
    var bytes: [UInt8] = []
    append(entries.count, to: &bytes)
    for entry in entries {
      for text in [entry.key, entry.value] {
        append(text.utf8.count, to: &bytes)
        bytes += text.utf8
      }
    }
    return bytes
  }

  /// Entries from memory of a producer, who alone knows how long it is; lengths are checked to be
  /// sane, and bytes that are not UTF-8 repaired.
  @unsafe static func decode(_ start: UnsafeRawPointer?) throws(TernError) -> [MetadataEntry] {
    guard let start = unsafe start else { return [] }
    var offset = 0
    let count = try unsafe length(start, &offset)
    var entries: [MetadataEntry] = []
    for _ in 0..<count {
      let key = try unsafe text(start, &offset)
      entries.append(MetadataEntry(key, try unsafe text(start, &offset)))
    }
    return entries
  }

  private static let lengthMax = 1 << 24

  private static func append(_ value: Int, to bytes: inout [UInt8]) {
    let word = UInt32(truncatingIfNeeded: value).littleEndian
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }

  private static func length(
    _ start: UnsafeRawPointer, _ offset: inout Int
  ) throws(TernError) -> Int {
    // Sound as far as the producer follows the interface; there is no length to check against.
    let value = unsafe start.loadUnaligned(fromByteOffset: offset, as: Int32.self)
    guard value >= 0, value <= lengthMax else { throw .usage("Arrow metadata is malformed") }
    offset += 4
    return Int(value)
  }

  private static func text(
    _ start: UnsafeRawPointer, _ offset: inout Int
  ) throws(TernError) -> String {
    let count = try unsafe length(start, &offset)
    defer { offset += count }
    let bytes = unsafe UnsafeRawBufferPointer(start: start + offset, count: count)
    return unsafe String(decoding: bytes, as: UTF8.self)
  }
}
