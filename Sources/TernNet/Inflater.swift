internal import CZlib
public import TernCore

/// The plain bytes behind a compressed source, inflated straight into the reader's window.
@safe public final class Inflater: ByteSource {
  private enum State {
    case start, inflating, finished
    case failed(TernError)
  }

  private let source: any ByteSource
  private let compression: Compression
  private let byteCountMax: Int
  private var state = State.start
  private var byteCount = 0
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableBufferPointer<UInt8>
  /// Unused input: `next ..< end`.
  private var next = 0
  private var end = 0
  private var isGzip = false
  /// The check of a gzip member where zlib is told not to make it.
  private var check: GzipCheck?

  private static let inputByteCount = 64 << 10

  /// Inflates what `source` gives.
  ///
  /// - Parameter byteCountMax: more plain bytes than this are a `.connection` error, however small
  ///   they were on the line.
  public init(
    _ source: any ByteSource, _ compression: Compression = .detected, byteCountMax: Int = .max
  ) {
    self.source = source
    self.compression = compression
    self.byteCountMax = byteCountMax
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe input = .allocate(capacity: Self.inputByteCount)
  }

  deinit {
    // Ends a stream that was begun; one that was not is recognised and refused.
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
    unsafe input.deallocate()
  }

  /// See `ByteSource`. A damaged or cut-off stream throws `.connection`.
  public func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    guard !window.isFull else { throw .usage("a read needs room for bytes") }
    if case .failed(let error) = state { throw error }
    do throws(TernError) {
      if case .start = state { try begin() }
      while case .inflating = state {
        let before = window.count
        try inflateOnce(&window)
        let count = window.count - before
        guard count <= byteCountMax - byteCount else {
          throw .badReply("compressed data of more than \(byteCountMax) bytes")
        }
        byteCount += count
        if count > 0 { return true }
      }
      return false
    } catch {
      // A cancelled read may go on; a damaged stream may not.
      if error.kind == .connection { state = .failed(error) }
      throw error
    }
  }

  private func begin() throws(TernError) {
    while end - next < 2 {
      guard try fill() else {
        guard end == next else { throw truncated }
        // No bytes at all are an empty body, not a damaged one.
        state = .finished
        return
      }
    }
    let bits = compression.windowBits(
      firstBytes: (unsafe input[next], unsafe input[next + 1]))
    isGzip = bits == 31
    let size = CInt(unsafe MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(stream, bits, ZLIB_VERSION, size) == Z_OK else {
      throw .overBudget("there is no memory to inflate a reply")
    }
    if isGzip, GzipCheck.isQuick, unsafe inflateValidate(stream, 0) == Z_OK { check = GzipCheck() }
    state = .inflating
  }

  private func inflateOnce(_ window: inout OutputSpan<UInt8>) throws(TernError) {
    var code = Z_OK
    unsafe window.withUnsafeMutableBufferPointer { buffer, filled in
      // Both lengths are of memory that lives during the call; zlib keeps no pointer it may use
      // later, since both are set anew each time.
      let room = unsafe UnsafeMutableBufferPointer(rebasing: buffer[filled...])
      let roomCount = UInt32(clamping: room.count)
      unsafe stream.pointee.next_in = input.baseAddress.map { unsafe $0 + next }
      unsafe stream.pointee.avail_in = UInt32(end - next)
      unsafe stream.pointee.next_out = room.baseAddress
      unsafe stream.pointee.avail_out = roomCount
      code = unsafe inflate(stream, Z_NO_FLUSH)
      let used = unsafe end - Int(stream.pointee.avail_in)
      let count = unsafe Int(roomCount - stream.pointee.avail_out)
      unsafe check?.packed(UnsafeBufferPointer(rebasing: input[next..<used]))
      unsafe check?.plain(UnsafeBufferPointer(rebasing: room[..<count]))
      next = used
      filled += count
    }
    switch code {
    case Z_OK, Z_BUF_ERROR:
      // No progress is the one sign that input is missing: used-up input may have output behind it.
      if code == Z_BUF_ERROR, try !fill() { throw truncated }
    case Z_STREAM_END: try endMember()
    default: throw .badReply("compressed data is damaged")
    }
  }

  /// After a whole stream: another gzip member, padding, or the end.
  private func endMember() throws(TernError) {
    if let check {
      guard check.isSound else { throw .badReply("compressed data is damaged") }
      self.check = GzipCheck()
    }
    while true {
      if next == end, try !fill() {
        state = .finished
        return
      }
      guard isGzip else { throw .badReply("bytes after compressed data") }
      let byte = unsafe input[next]
      if byte == 0x1F {
        guard unsafe inflateReset(stream) == Z_OK else {
          throw .internal("zlib refused a reset")
        }
        return
      }
      guard byte == 0 else { throw .badReply("bytes after compressed data") }
      next += 1
    }
  }

  /// Reads more input behind what is unused; false at the source's end.
  private func fill() throws(TernError) -> Bool {
    // Only the first two bytes are ever kept back, so there is always room behind them.
    if next == end { (next, end) = (0, 0) }
    let free = unsafe UnsafeMutableBufferPointer(rebasing: input[end...])
    var window = unsafe OutputSpan(buffer: free, initializedCount: 0)
    let isOpen = try source.read(into: &window)
    end += unsafe window.finalize(for: free)
    return isOpen
  }

  private var truncated: TernError { .badReply("compressed data ends too early") }
}
