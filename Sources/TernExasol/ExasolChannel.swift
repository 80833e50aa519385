internal import TernCore

/// Whole messages in both directions: a WebSocket, or a script in tests.
///
/// One thread at a time. After a framing error every call throws the same error again.
protocol ExasolChannel: AnyObject, Sendable {
  /// Whether messages can still be exchanged, without a round trip.
  var isAlive: Bool { get }
  /// The server's address as text, for `hostIp`.
  var peerAddress: String { get }
  /// Sends one message, compressed ones as binary.
  func send(_ message: [UInt8], isBinary: Bool, _ context: CallContext) throws(TernError)
  /// Waits for the next message and gives its first bytes on; the rest is read from the source.
  ///
  /// `silenceMax` nanoseconds without any frame, control frames included, end the connection.
  func receive(
    silenceMax: Int64, _ context: CallContext
  ) throws(TernError) -> any ExasolMessage
  /// Says goodbye in WebSocket terms within the deadline and closes the socket.
  func close(_ context: CallContext)
}

/// One incoming message, read once from front to back.
protocol ExasolMessage: ByteSource {
  /// Whether the server sent a binary message: a zlib stream.
  var isBinary: Bool { get }
  /// Reads what was not read, so that the next message can come. `context` bounds it.
  func drain(_ context: CallContext) throws(TernError)
}
