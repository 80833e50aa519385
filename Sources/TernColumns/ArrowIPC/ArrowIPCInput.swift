import TernCore

/// The messages of an Arrow stream: lengths, metadata and bodies.
///
/// Reads ahead into large blocks and gives small bodies out where they lie in them: a stream has
/// thousands of messages, and a source that unpacks works best with much room.
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
  private var hasMore = true
  /// What was read and not used yet is `next ..< end` of `block`.
  private var block: Allocation
  private var next = 0
  private var end = 0
  /// Bytes of the stream that were used.
  private var offset = 0

  private static let blockByteCount = 1 << 18
  /// Larger bodies get memory of their own: they may live on as columns, without a copy.
  private static let sharedByteCountMax = blockByteCount / 2

  init(_ source: any ByteSource) throws(TernError) {
    self.source = source
    block = try Allocation.make(Self.blockByteCount)
  }

  /// The next message; nil at the end marker, or where the stream ends between two.
  func message() throws(TernError) -> Message? {
    guard let first = try word() else { return nil }
    // Streams of old writers lack the word that marks a continuation.
    let length = first == 0xFFFF_FFFF ? try word() ?? 0 : first
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

  /// Reads the source to its end, where it is seen to be whole.
  /// - Throws: `.connection` if bytes follow; what the source throws.
  func finish() throws(TernError) {
    if next == end, hasMore {
      try renewBlock()
      try readOnce()
    }
    guard next == end else { throw .badReply("bytes behind the end of an Arrow stream") }
  }

  /// The next four bytes as a number; nil where the stream ends before them.
  private func word() throws(TernError) -> UInt32? {
    guard try fill(4) else {
      guard next == end else { throw malformed }
      return nil
    }
    defer { use(4) }
    // Sound: four bytes lie there.
    return unsafe UInt32(
      littleEndian: block.start.loadUnaligned(fromByteOffset: next, as: UInt32.self))
  }

  private func bytes(_ byteCount: Int) throws(TernError) -> Buffer {
    guard byteCount <= Self.sharedByteCountMax else { return try ownBytes(byteCount) }
    guard try fill(byteCount) else { throw malformed }
    defer { use(byteCount) }
    // Sound: that many bytes lie there; they are not written again while the block has other
    // owners than this.
    return unsafe Buffer(
      UnsafeRawBufferPointer(start: block.start + next, count: byteCount), owner: block)
  }

  private func use(_ byteCount: Int) {
    next += byteCount
    offset += byteCount
  }

  /// Makes `byteCount` bytes lie behind `next`; false if the stream ends before.
  private func fill(_ byteCount: Int) throws(TernError) -> Bool {
    if Self.blockByteCount - next < byteCount { try renewBlock() }
    while end - next < byteCount {
      guard hasMore else { return false }
      try readOnce()
    }
    return true
  }

  private func readOnce() throws(TernError) {
    let count = try read(into: block, end, Self.blockByteCount - end)
    end += count
  }

  /// Moves what is not used to the start of the block, or of another if somebody has bytes of it.
  private func renewBlock() throws(TernError) {
    // What was aligned stays so.
    let start = next & (Allocation.alignment - 1)
    let fresh =
      isKnownUniquelyReferenced(&block) ? block : try Allocation.make(Self.blockByteCount)
    // Sound: both blocks have that many bytes, and what is moved lies in front of `end`.
    unsafe (fresh.start + start).copyMemory(from: block.start + next, byteCount: end - next)
    block = fresh
    end = start + end - next
    next = start
  }

  /// Memory with the next `byteCount` bytes alone.
  private func ownBytes(_ byteCount: Int) throws(TernError) -> Buffer {
    let memory = try Allocation.make(byteCount)
    var filled = min(byteCount, end - next)
    // Sound: `filled` bytes lie behind `next`, and the memory is as large.
    unsafe memory.start.copyMemory(from: block.start + next, byteCount: filled)
    use(filled)
    while filled < byteCount {
      guard hasMore else { throw malformed }
      let count = try read(into: memory, filled, byteCount - filled)
      filled += count
      offset += count
    }
    // Sound: the memory has that many bytes, and lives as long as its owner.
    return unsafe Buffer(
      UnsafeRawBufferPointer(start: memory.start, count: byteCount), owner: memory)
  }

  /// Reads at most so many bytes to a place in `memory`; none at the end of the source.
  private func read(
    into memory: Allocation, _ place: Int, _ byteCountMax: Int
  ) throws(TernError) -> Int {
    let room = unsafe UnsafeMutableBufferPointer(
      start: (memory.start + place).assumingMemoryBound(to: UInt8.self), count: byteCountMax)
    // Sound: the caller has the memory, and has given out no byte behind `place`.
    var output = unsafe OutputSpan(buffer: room, initializedCount: 0)
    let isOpen = try source.read(into: &output)
    let count = unsafe output.finalize(for: room)
    hasMore = isOpen && count > 0
    return count
  }

  private var malformed: TernError { .badMessage("an Arrow stream", at: offset) }
}
