import TernCore

/// Bytes that grow at the end and become a `Buffer`; the memory under every builder.
@safe struct ByteStore: ~Copyable {
  /// Bytes written so far; a writer through `start` moves it itself.
  var count = 0
  /// Bytes that fit without growing, padding not counted.
  private(set) var capacity = 0
  private var allocation: Allocation?

  /// Where the bytes start, once something was reserved.
  var start: UnsafeMutableRawPointer? { unsafe allocation?.start }

  /// Makes room for `byteCount` more bytes and returns where the first of them goes.
  ///
  /// 64 bytes behind the reserved ones may be scribbled over: wide stores need no tail loop.
  @inline(__always)
  @unsafe mutating func reserve(_ byteCount: Int) throws(TernError) -> UnsafeMutableRawPointer {
    // Sound: `capacity` bytes belong to the allocation, and `count` never exceeds it.
    if let allocation, byteCount <= capacity - count { return unsafe allocation.start + count }
    return unsafe try grow(byteCount)
  }

  @inline(never)
  private mutating func grow(_ byteCount: Int) throws(TernError) -> UnsafeMutableRawPointer {
    let (needed, overflow) = count.addingReportingOverflow(max(0, byteCount))
    guard !overflow else { throw .overBudget("a column of more than 2^63 bytes") }
    let doubled = capacity > Int.max / 4 ? needed : capacity * 2
    let next = try Allocation.make(max(needed, doubled, 256))
    if let allocation {
      // Sound: the new block is larger, and `count` bytes of the old one were written.
      unsafe next.start.copyMemory(from: allocation.start, byteCount: count)
    }
    allocation = next
    capacity = max(needed, doubled, 256)
    return unsafe next.start + count
  }

  /// Appends one value as it lies in memory.
  @inline(__always)
  mutating func append<Value: BitwiseCopyable>(_ value: Value) throws(TernError) {
    // Sound: `reserve` made room for the value; the store needs no alignment.
    let end = unsafe try reserve(MemoryLayout<Value>.size)
    unsafe end.storeBytes(of: value, as: Value.self)
    count += MemoryLayout<Value>.size
  }

  /// Appends `byteCount` equal bytes.
  mutating func append(repeating byte: UInt8, byteCount: Int) throws(TernError) {
    let end = unsafe try reserve(byteCount)
    // Sound: `reserve` made room for them.
    unsafe end.initializeMemory(as: UInt8.self, repeating: byte, count: byteCount)
    count += byteCount
  }

  /// Appends a copy of `bytes`.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(TernError) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    let end = unsafe try reserve(bytes.count)
    // Sound: `reserve` made room for them, in memory that is nobody else's.
    unsafe end.copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  /// Hands the bytes over, zeroes behind them, and starts empty again.
  mutating func finish() throws(TernError) -> Buffer {
    if allocation == nil { allocation = try Allocation.make(0) }
    guard let owner = allocation else { throw .internal("a store without memory") }
    // Sound: at least 64 bytes follow the reserved ones, and `count` never passes those.
    unsafe (owner.start + count).initializeMemory(
      as: UInt8.self, repeating: 0, count: Allocation.alignment)
    let bytes = unsafe UnsafeRawBufferPointer(start: owner.start, count: count)
    let buffer = unsafe Buffer(bytes, owner: owner)
    allocation = nil
    count = 0
    capacity = 0
    return buffer
  }
}
