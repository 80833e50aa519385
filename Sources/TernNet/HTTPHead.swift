internal import TernCore

/// Receives the head of a response.
enum HTTPHead {
  /// Waits for a head; bytes behind it stay in `buffer`.
  ///
  /// - Throws: `.connection` when the line ends first or the head is malformed.
  static func receive(
    from stream: ByteStream, _ buffer: inout ReceiveBuffer, _ context: CallContext, _ what: String
  ) throws(TernError) -> HTTPResponseHead {
    var reader = HTTPHeadReader()
    while true {
      var used = 0
      var lines: [[UInt8]]?
      do throws(TernError) {
        lines = try buffer.withSpan { (input) throws(TernError) in
          try reader.feed(input, used: &used)
        }
        buffer.drop(used)
        if let lines { return try HTTPResponseHead(lines: lines) }
      } catch {
        throw stream.fail(error)
      }
      if try !buffer.fill(from: stream, context, what) {
        throw stream.fail(
          .lineLost("\(what): \(stream.endpoint): the server closed the line before it answered"))
      }
    }
  }
}
