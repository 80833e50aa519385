public import TernCore

extension WebSocket {
  /// Connects to `endpoint` and upgrades the line to a WebSocket (RFC 6455, section 4).
  ///
  /// - Parameter path: path and query of the request; Exasol's server ignores it, gateways do not.
  /// - Parameter headers: sent besides those of the handshake.
  /// - Throws: what `ByteStream.connect` throws; `.connection` (08001) when the answer is no
  ///   upgrade.
  public static func connect(
    to endpoint: Endpoint, path: String = "/", headers: HTTPHeaders = HTTPHeaders(),
    _ settings: ConnectSettings, _ context: CallContext,
    messageByteCountMax: Int = Limits.webSocketMessageByteCountMax
  ) throws(TernError) -> WebSocket {
    let limited = context.limited(to: .after(settings.connectTimeout, .connect))
    let stream = try ByteStream.connect(to: endpoint, settings, limited)
    return try upgrade(
      stream, path: path, headers: headers, messageByteCountMax: messageByteCountMax, limited)
  }

  /// Upgrades a line that stands.
  static func upgrade(
    _ stream: ByteStream, path: String, headers: HTTPHeaders, messageByteCountMax: Int,
    _ context: CallContext
  ) throws(TernError) -> WebSocket {
    let key = Base64.encode(RandomBytes.make(16))
    var all = HTTPHeaders([
      ("Host", "\(stream.endpoint)"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
      ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13"),
    ])
    for field in headers.fields { all.add(field.name, field.value) }
    let request = try HTTPText.request("GET", path, all)
    do throws(TernError) {
      try stream.write(request.span, context, "asking for a WebSocket")
      var buffer = ReceiveBuffer(capacity: bufferByteCount)
      let what = "waiting for the WebSocket handshake"
      let head = try HTTPHead.receive(from: stream, &buffer, context, what)
      if let problem = problem(of: head, key: key) {
        throw stream.fail(.lineLost("\(stream.endpoint) does not open a WebSocket: \(problem)"))
      }
      return WebSocket(
        over: stream, buffer: buffer, messageByteCountMax: messageByteCountMax)
    } catch {
      var error = error
      if error.sqlState == .linkFailure { error.sqlState = .cannotConnect }
      throw error
    }
  }

  /// For heads of frames and small messages.
  private static let bufferByteCount = 64 << 10

  /// What is wrong with the server's answer; nil when the line is a WebSocket now.
  static func problem(of head: HTTPResponseHead, key: String) -> String? {
    guard head.status == 101 else { return "it answered \(head.status) \(head.reason)" }
    guard head.headers.has("Upgrade", token: "websocket"),
      head.headers.has("Connection", token: "upgrade")
    else { return "it upgrades to something else" }
    guard head.headers["Sec-WebSocket-Accept"] == accept(key) else {
      return "Sec-WebSocket-Accept does not answer the key"
    }
    guard head.headers["Sec-WebSocket-Extensions"] == nil,
      head.headers["Sec-WebSocket-Protocol"] == nil
    else { return "it uses an extension or subprotocol that was not offered" }
    return nil
  }

  /// The answer that `key` asks for (RFC 6455, section 4.2.2).
  static func accept(_ key: String) -> String {
    let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return Base64.encode(Digest.sha1.of(Array(text.utf8)))
  }
}
