internal import TernCore

/// Bytes that were received and not yet used; for headers and small messages. Large payloads pass
/// it by, on their way from the socket into the consumer's window.
@safe struct ReceiveBuffer: ~Copyable {
  private let storage: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0

  /// Room for `capacity` bytes.
  init(capacity: Int) {
    unsafe storage = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { unsafe storage.deallocate() }

  /// Bytes not yet used.
  var count: Int { end - start }

  /// Lends the unused bytes.
  func withSpan<Result>(
    _ body: (Span<UInt8>) throws(TernError) -> Result
  ) throws(TernError) -> Result {
    // `start` and `end` stay within the storage, which was filled up to `end`.
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: storage[start..<end])
    return try body(unsafe bytes.bindMemory(to: UInt8.self).span)
  }

  /// Drops the first `byteCount` unused bytes.
  mutating func drop(_ byteCount: Int) {
    start += min(max(0, byteCount), count)
    if start == end { (start, end) = (0, 0) }
  }

  /// Moves unused bytes into `window`, at most `byteCountMax`; returns how many.
  mutating func move(into window: inout OutputSpan<UInt8>, atMost byteCountMax: Int) -> Int {
    let moved = min(count, window.freeCapacity, max(0, byteCountMax))
    unsafe window.withUnsafeMutableBufferPointer { buffer, filled in
      // `moved` bytes are free behind `filled`, and unused behind `start`.
      let free = unsafe UnsafeMutableBufferPointer(rebasing: buffer[filled...])
      unsafe UnsafeMutableRawBufferPointer(free).copyMemory(
        from: .init(rebasing: storage[start..<start + moved]))
      filled += moved
    }
    drop(moved)
    return moved
  }

  /// Receives more from `stream`, which the caller asks for only when everything was used.
  ///
  /// - Returns: false at the end of the stream.
  mutating func fill(
    from stream: ByteStream, _ context: CallContext, _ what: String
  ) throws(TernError) -> Bool {
    if start == end { (start, end) = (0, 0) }
    guard unsafe end < storage.count else { throw .internal("the receive buffer is full") }
    let received = try unsafe stream.receive(into: .init(rebasing: storage[end...]), context, what)
    end += received
    return received > 0
  }
}
