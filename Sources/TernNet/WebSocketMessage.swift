public import TernCore

/// One message on its way from the server: its bytes go from the socket straight into the window
/// of whoever reads.
///
/// It ends when the next message is asked for: what was not read is then skipped. A text that is
/// not UTF-8 is a `.connection` error.
public final class WebSocketMessage: ByteSource {
  /// Whether it is a binary message (Exasol: compressed), not a text.
  public let isBinary: Bool
  /// Deadline and token of the reads; a reader may replace it between two of them. After
  /// `.cancelled` or a query timeout the message goes on where it was.
  public var context: CallContext

  private let socket: WebSocket
  private let number: Int

  init(_ socket: WebSocket, number: Int, isBinary: Bool, _ context: CallContext) {
    self.socket = socket
    self.number = number
    self.isBinary = isBinary
    self.context = context
  }

  /// See `ByteSource`.
  public func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    try socket.readPayload(of: number, into: &window, context)
  }

  /// Skips what has not been read.
  public func discard() throws(TernError) { try socket.skip(number, context) }

  /// The whole rest, for control replies.
  ///
  /// - Throws: `.connection` when it is longer than `byteCountMax`.
  public func readAll(
    _ byteCountMax: Int = Limits.controlMessageByteCountMax
  ) throws(TernError) -> [UInt8] {
    try ByteCollector.all(of: self, byteCountMax: byteCountMax)
  }
}
