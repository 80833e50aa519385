public import TernCore

/// An HTTP/1.1 client with a pool of lines per origin (RFC 9110, RFC 9112).
///
/// Any thread; calls block. Redirects are answers, cookies and logins are the caller's.
public final class HTTPClient: Sendable {
  private let settings: ConnectSettings
  private let pool: HTTPPool

  /// A client that connects by `settings`.
  ///
  /// - Parameter idleCountMax: lines kept per origin.
  /// - Parameter idleNanosecondsMax: how long an idle line is kept; many servers close after 60 s.
  public init(
    _ settings: ConnectSettings, idleCountMax: Int = 8, idleNanosecondsMax: Int64 = 55_000_000_000
  ) {
    self.settings = settings
    pool = HTTPPool(idleCountMax: idleCountMax, idleNanosecondsMax: idleNanosecondsMax)
  }

  deinit { pool.closeAll() }

  /// Closes the idle lines; the client stays usable.
  public func closeIdle() { pool.closeAll() }

  /// Sends a request and waits for the head of the answer, whatever its status.
  ///
  /// - Throws: `.connection`, `.timeout`, `.cancelled`. `isRetryable` says that no byte of the
  ///   request had left. A request that is safe to repeat was already tried again if a kept line
  ///   had been closed by the server before it answered.
  public func send(
    _ request: HTTPRequest, to origin: HTTPOrigin, _ context: CallContext
  ) throws(TernError) -> HTTPResponse {
    while let connection = pool.take(origin) {
      do throws(TernError) {
        return try exchange(request, connection, context)
      } catch {
        let isStale = error.kind == .connection && !connection.hasAnswer
        let isUnsent = error.isRetryable && error.kind == .connection
        guard isStale, isUnsent || request.isSafeToRepeat, !request.isStreamed else { throw error }
        Log.write(.debug, "http: \(origin.endpoint) had closed a kept line: \(error.message)")
      }
    }
    return try exchange(request, try connect(origin, context), context)
  }

  private func exchange(
    _ request: HTTPRequest, _ connection: HTTPConnection, _ context: CallContext
  ) throws(TernError) -> HTTPResponse {
    do throws(TernError) {
      let head = try connection.exchange(request, context)
      let framing = try HTTPBodyReader.framing(of: head, method: request.method)
      let body = HTTPBody(
        connection, framing, isLineKept: Self.isLineKept(head, framing), pool, context)
      return try HTTPResponse(head, body, inflates: request.inflatesAnswer)
    } catch {
      // An answer may still come: nobody would know which request it belongs to.
      connection.stream.close()
      throw error
    }
  }

  private func connect(
    _ origin: HTTPOrigin, _ context: CallContext
  ) throws(TernError) -> HTTPConnection {
    var settings = settings
    guard origin.isEncrypted else {
      settings.tls = nil
      let proxy = try settings.proxy.server(
        for: origin.endpoint, isEncrypted: false, variable: ProcessEnvironment.variable)
      // A plain request goes to the proxy as a whole URL, without a tunnel.
      let stream = try ByteStream.connect(
        to: proxy?.endpoint ?? origin.endpoint, through: nil, settings, context)
      return HTTPConnection(stream, origin: origin, proxy: proxy)
    }
    guard settings.tls != nil else {
      throw .usage("https to \(origin.endpoint) needs TLS, which is off", .invalidOptionValue)
    }
    let stream = try ByteStream.connect(to: origin.endpoint, settings, context)
    return HTTPConnection(stream, origin: origin, proxy: nil)
  }

  /// Whether the server keeps the line open behind this answer (RFC 9112, section 9.3).
  private static func isLineKept(
    _ head: HTTPResponseHead, _ framing: HTTPBodyReader.Framing
  ) -> Bool {
    // Two framings at once are how requests are smuggled: such a line is not used again.
    let isDoubtful =
      head.headers["Transfer-Encoding"] != nil && head.headers["Content-Length"] != nil
    guard framing != .untilClose, head.status != 101, !isDoubtful else { return false }
    if head.headers.has("Connection", token: "close") { return false }
    return head.minorVersion >= 1 || head.headers.has("Connection", token: "keep-alive")
  }
}

extension HTTPRequest {
  /// Whether the body can be read only once.
  fileprivate var isStreamed: Bool {
    if case .source = body { return true }
    return false
  }
}
