internal import TernCore

/// A tunnel through an HTTP proxy (RFC 9110, section 9.3.6).
enum ProxyTunnel {
  /// Asks the proxy at the other end of `stream` for a line to `endpoint`.
  ///
  /// - Throws: `.connection` (08001) with the proxy's answer; 08004 when it refuses the login.
  static func open(
    _ stream: ByteStream, to endpoint: Endpoint, _ proxy: ProxyServer, _ context: CallContext
  ) throws(TernError) {
    var headers = HTTPHeaders([("Host", "\(endpoint)")])
    if let authorization = proxy.authorization {
      headers.add("Proxy-Authorization", authorization)
    }
    let request = try HTTPText.request("CONNECT", "\(endpoint)", headers)
    try stream.write(request.span, context, "asking the proxy \(proxy.endpoint) for a tunnel")
    var buffer = ReceiveBuffer(capacity: 16 << 10)
    let waiting = "waiting for the proxy \(proxy.endpoint)"
    let head = try HTTPHead.receive(from: stream, &buffer, context, waiting)
    guard (200..<300).contains(head.status) else {
      let answer = "the proxy \(proxy.endpoint) answered \(head.status) \(head.reason)"
      let isLogin = head.status == 407
      throw TernError(
        .connection, isLogin ? .connectionRefused : .cannotConnect,
        isLogin ? "\(answer): it wants a login, proxy=http://user:password@host:port" : answer)
    }
    // A server that waits for a TLS or WebSocket hello has nothing to say yet.
    guard buffer.count == 0 else { throw .badReply("bytes after the proxy's answer") }
  }
}
