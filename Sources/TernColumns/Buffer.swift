/// Bytes that never change again, shared by reference.
///
/// 64-byte aligned and padded with at least 64 readable bytes when Tern allocated them; foreign
/// memory (an Arrow import) is kept alive through `owner` and promises neither.
@safe public final class Buffer: @unchecked Sendable {
  // Sound as Sendable: the bytes are written before the buffer exists and never after.

  /// Bytes that count; padding is not among them.
  public let byteCount: Int
  private let start: UnsafeRawPointer
  private let owner: AnyObject?

  /// Wraps memory that `owner` keeps alive for as long as it exists.
  @unsafe public init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    // An empty buffer still needs an address: Arrow consumers may look at it.
    unsafe start = bytes.baseAddress ?? UnsafeRawPointer(Unmanaged.passUnretained(owner).toOpaque())
    byteCount = bytes.count
    self.owner = owner
  }

  /// The first byte, valid while this buffer lives.
  @unsafe public var baseAddress: UnsafeRawPointer { unsafe start }

  /// All bytes, valid while this buffer lives.
  @unsafe public var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: start, count: byteCount)
  }
}
