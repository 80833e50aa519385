public import TernCore

extension ByteStream {
  /// Connects to `endpoint`: name, TCP, proxy and TLS.
  ///
  /// Blocks until `connectTimeout` or the context's own limit.
  /// - Throws: `.connection` (08001) with what failed at each address, or what was wrong with the
  ///   certificate and how to pin it; `.timeout`; `.cancelled`. Nothing was sent that a server
  ///   would act on: all but usage errors are retryable.
  public static func connect(
    to endpoint: Endpoint, _ settings: ConnectSettings, _ context: CallContext
  ) throws(TernError) -> ByteStream {
    let proxy = try settings.proxy.server(
      for: endpoint, isEncrypted: settings.tls != nil, variable: ProcessEnvironment.variable)
    return try connect(to: endpoint, through: proxy, settings, context)
  }

  /// The same with the proxy already chosen; nil for a direct line.
  static func connect(
    to endpoint: Endpoint, through proxy: ProxyServer?, _ settings: ConnectSettings,
    _ context: CallContext
  ) throws(TernError) -> ByteStream {
    let limited = context.limited(to: .after(settings.connectTimeout, .connect))
    do throws(TernError) {
      let stream = try tcp(to: proxy?.endpoint ?? endpoint, named: endpoint, settings, limited)
      if let proxy { try ProxyTunnel.open(stream, to: endpoint, proxy, limited) }
      if let tls = settings.tls {
        try stream.startTLS(tls, host: endpoint.host, limited)
      }
      return stream
    } catch {
      throw connectError(error)
    }
  }

  /// A plain line to `first`, which stands for `endpoint` in messages.
  static func tcp(
    to first: Endpoint, named endpoint: Endpoint, _ settings: ConnectSettings,
    _ context: CallContext
  ) throws(TernError) -> ByteStream {
    let addresses = try Resolver.addresses(of: first, context)
    var race = ConnectRace(to: first, addresses)
    let transport = try race.run(context)
    transport.socket.tune(keepAliveNanoseconds: settings.keepAlive)
    return ByteStream(transport, to: endpoint)
  }

  /// While connecting, a lost line means that there is no connection (08001), and that nothing of
  /// the caller's has been sent.
  private static func connectError(_ error: TernError) -> TernError {
    var error = error
    if error.kind == .connection && error.sqlState == .linkFailure {
      error.sqlState = .cannotConnect
    }
    error.isRetryable = error.kind == .connection || error.kind == .timeout
    return error
  }
}
