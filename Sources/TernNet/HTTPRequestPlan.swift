internal import TernCore

/// A request as it goes over the line: its head in bytes, its body framed and compressed.
struct HTTPRequestPlan {
  let head: [UInt8]
  let body: HTTPRequest.Body

  /// Whether bytes follow the head.
  var hasBody: Bool { Self.hasBytes(body) }

  /// Completes the headers.
  ///
  /// - Throws: `.usage` when a part of the request is not allowed in HTTP.
  init(_ request: HTTPRequest, _ origin: HTTPOrigin, _ proxy: ProxyServer?) throws(TernError) {
    var headers = request.headers
    if headers["Host"] == nil { headers.set("Host", origin.hostHeader) }
    if headers["Accept-Encoding"] == nil {
      headers.set("Accept-Encoding", request.inflatesAnswer ? "gzip" : "identity")
    }
    headers.remove("Content-Length")
    headers.remove("Transfer-Encoding")
    if case .bytes(let bytes) = request.body, request.isCompressed {
      body = .bytes(try Deflater.compress(bytes.span, .gzip))
      headers.set("Content-Encoding", "gzip")
    } else {
      body = request.body
    }
    switch body {
    case .none:
      if ["POST", "PUT", "PATCH"].contains(request.method) { headers.set("Content-Length", "0") }
    case .bytes(let bytes): headers.set("Content-Length", "\(bytes.count)")
    case .source(_, let byteCount?): headers.set("Content-Length", "\(byteCount)")
    case .source(_, nil): headers.set("Transfer-Encoding", "chunked")
    }
    var target = request.target
    if let proxy {
      target = "http://\(origin.hostHeader)\(target)"
      if let authorization = proxy.authorization {
        headers.set("Proxy-Authorization", authorization)
      }
    }
    if request.expectsContinue, Self.hasBytes(body) { headers.set("Expect", "100-continue") }
    head = try HTTPText.request(request.method, target, headers)
  }

  private static func hasBytes(_ body: HTTPRequest.Body) -> Bool {
    switch body {
    case .none: false
    case .bytes(let bytes): !bytes.isEmpty
    case .source: true
    }
  }
}
