import TernCore

/// The messages of an Arrow stream: lengths, metadata and bodies.
final class ArrowIPCInput {
  /// What a message holds.
  enum Kind: UInt8 {
    case schema = 1
    case dictionary = 2
    case recordBatch = 3
  }

  /// A message without its body.
  struct Message {
    let kind: Kind
    let header: FlatBufferTable
    let bodyByteCount: Int
  }

  private let source: any ByteSource
  private var offset = 0

  init(_ source: any ByteSource) { self.source = source }

  /// The next message; nil at the end marker, or where the stream ends between two.
  func message() throws(TernError) -> Message? {
    guard let first = try word(isOptional: true) else { return nil }
    // Streams of old writers lack the word that marks a continuation.
    let length = first == 0xFFFF_FFFF ? try word(isOptional: true) ?? 0 : first
    guard length > 0 else { return nil }
    guard length <= Limits.controlMessageByteCountMax else { throw malformed }
    let memory = try bytes(Int(length))
    // Sound: copied while the buffer is alive.
    let table = try FlatBufferTable(root: unsafe Array(memory.bytes))
    let version: Int16 = try table.number(0)
    guard version == 3 || version == 4 else {
      throw .unsupported("an Arrow stream of metadata version \(version)")
    }
    guard let kind = Kind(rawValue: try table.number(1)), let header = try table.table(2) else {
      throw malformed
    }
    let bodyByteCount: Int64 = try table.number(3)
    guard 0...Int64(Limits.valueByteCountMax) ~= bodyByteCount else { throw malformed }
    return Message(kind: kind, header: header, bodyByteCount: Int(bodyByteCount))
  }

  /// The bytes behind a message.
  func body(_ byteCount: Int) throws(TernError) -> Buffer { try bytes(byteCount) }

  private func word(isOptional: Bool) throws(TernError) -> UInt32? {
    let memory = try Allocation.make(4)
    guard try fill(memory, 4, isOptional: isOptional) else { return nil }
    // Sound: four bytes were just read.
    return unsafe UInt32(littleEndian: memory.start.load(as: UInt32.self))
  }

  private func bytes(_ byteCount: Int) throws(TernError) -> Buffer {
    let memory = try Allocation.make(byteCount)
    _ = try fill(memory, byteCount, isOptional: false)
    // Sound: the memory has that many bytes, and lives as long as its owner.
    return unsafe Buffer(
      UnsafeRawBufferPointer(start: memory.start, count: byteCount), owner: memory)
  }

  /// Reads exactly so many bytes; false if the stream has ended before the first of them, and
  /// that is allowed.
  private func fill(
    _ memory: Allocation, _ byteCount: Int, isOptional: Bool
  ) throws(TernError) -> Bool {
    var filled = 0
    while filled < byteCount {
      let room = unsafe UnsafeMutableBufferPointer(
        start: (memory.start + filled).assumingMemoryBound(to: UInt8.self),
        count: byteCount - filled)
      // Sound: the span covers what is left of the memory, which nobody else sees.
      var output = unsafe OutputSpan(buffer: room, initializedCount: 0)
      let hasMore = try source.read(into: &output)
      let count = unsafe output.finalize(for: room)
      filled += count
      offset += count
      guard hasMore, count > 0 || filled == byteCount else {
        if filled == byteCount { break }
        if filled == 0, isOptional { return false }
        throw malformed
      }
    }
    return true
  }

  private var malformed: TernError { .badMessage("an Arrow stream", at: offset) }
}
