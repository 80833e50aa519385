internal import TernCore

/// The bytes of an answer's body as they came over the line, and what becomes of the line then.
@safe final class HTTPBody: ByteSource {
  /// Deadline and token of the reads.
  var context: CallContext
  private var connection: HTTPConnection?
  private var reader: HTTPBodyReader
  private let isLineKept: Bool
  private let pool: HTTPPool

  init(
    _ connection: HTTPConnection, _ framing: HTTPBodyReader.Framing, isLineKept: Bool,
    _ pool: HTTPPool, _ context: CallContext
  ) {
    self.connection = connection
    self.isLineKept = isLineKept
    self.pool = pool
    self.context = context
    reader = HTTPBodyReader(framing)
    release()
  }

  // A body that nobody has read to its end takes its line with it.
  deinit { connection?.stream.close() }

  /// The fields after a chunked body, once it has ended.
  var trailers: HTTPHeaders { reader.trailers }

  /// See `ByteSource`.
  func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    guard let connection else { return false }
    guard !window.isFull else { throw .usage("a read needs room for bytes") }
    let hasRead = try connection.read(&reader, into: &window, context)
    release()
    return hasRead
  }

  /// Gives the line back once the body has ended.
  private func release() {
    guard reader.isEnded, let connection else { return }
    self.connection = nil
    if isLineKept && connection.isReusable {
      pool.give(connection)
    } else {
      connection.stream.close()
    }
  }
}
