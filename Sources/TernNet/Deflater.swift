internal import CZlib
public import TernCore

/// Compresses bytes piece by piece into memory.
@safe public final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private var output: [UInt8] = []
  private var isFinished = false

  /// Begins a stream.
  ///
  /// - Parameter level: 1 (fast) to 9 (small).
  /// - Throws: `.usage` for a level or form that cannot be written, `.data` (HY001) without memory.
  public init(_ compression: Compression, level: Int32 = 1) throws(TernError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard compression != .detected, (1...9).contains(level) else {
      throw .usage("a compression level from 1 to 9 and a form are needed")
    }
    let bits = compression.windowBits(firstBytes: (0, 0))
    let size = CInt(unsafe MemoryLayout<z_stream>.size)
    let code = unsafe deflateInit2_(
      stream, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    guard code == Z_OK else { throw .overBudget("there is no memory to compress a request") }
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Compresses `bytes` in one go.
  public static func compress(
    _ bytes: Span<UInt8>, _ compression: Compression, level: Int32 = 1
  ) throws(TernError) -> [UInt8] {
    let deflater = try Deflater(compression, level: level)
    try deflater.append(bytes)
    return try deflater.finish()
  }

  /// Adds bytes to the stream.
  public func append(_ bytes: Span<UInt8>) throws(TernError) {
    guard !isFinished else { throw .usage("the compressed stream has ended") }
    var start = 0
    while start < bytes.count {
      // zlib counts with 32 bits.
      let end = min(bytes.count, start + (1 << 30))
      run(bytes.extracting(start..<end), Z_NO_FLUSH)
      start = end
    }
  }

  /// The compressed bytes so far, which are then forgotten: for bodies that are sent in pieces.
  public func take() -> [UInt8] {
    defer { output = [] }
    return output
  }

  /// Ends the stream and gives the compressed bytes not yet taken.
  public func finish() throws(TernError) -> [UInt8] {
    guard !isFinished else { throw .usage("the compressed stream has ended") }
    isFinished = true
    let nothing: [UInt8] = []
    run(nothing.span, Z_FINISH)
    return take()
  }

  private func run(_ bytes: Span<UInt8>, _ flush: CInt) {
    unsafe bytes.withUnsafeBufferPointer { source in
      // zlib reads `avail_in` bytes of memory that the caller holds; it does not write to them,
      // though its C type says so.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(source.count)
      var code = Z_OK
      repeat {
        let piece = [UInt8](capacity: Self.pieceByteCount) { window in
          unsafe window.withUnsafeMutableBufferPointer { room, filled in
            unsafe stream.pointee.next_out = room.baseAddress
            unsafe stream.pointee.avail_out = UInt32(room.count)
            code = unsafe deflate(stream, flush)
            filled = unsafe room.count - Int(stream.pointee.avail_out)
          }
        }
        output += piece
      } while unsafe stream.pointee.avail_out == 0 && code == Z_OK
    }
  }

  private static let pieceByteCount = 64 << 10
}
