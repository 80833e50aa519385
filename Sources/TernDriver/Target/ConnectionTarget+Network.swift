public import TernCore
public import TernNet

// How lines to the target's hosts are made: the same options for every protocol.
extension ConnectionTarget {
  /// TLS, proxy, keep-alive and connect timeout, for hosts without a pin of their own.
  ///
  /// Reads the certificate files; a proxy for session and transfers alike.
  public func connectSettings() throws(TernError) -> ConnectSettings {
    var settings = ConnectSettings(tls: isEncrypted ? try TLSContext(try tlsSettings()) : nil)
    settings.connectTimeout = try duration("connect_timeout")
    settings.keepAlive = try duration("tcp_keepalive")
    settings.proxy = try proxySettings()
    return settings
  }

  /// The same for one host: its pin replaces the checks that the options ask for.
  public func connectSettings(
    for host: HostAddress, _ common: ConnectSettings
  ) throws(TernError) -> ConnectSettings {
    guard let pin = host.pin else { return common }
    guard isEncrypted else {
      throw .usage(
        "a certificate pin needs TLS: use the scheme with TLS, or leave the pin of \(host) out",
        .invalidOptionValue)
    }
    var tls = try tlsSettings()
    switch pin {
    case .fingerprint(let digits): tls.pin = digits
    case .unchecked: tls.verification = .off
    }
    var settings = common
    settings.tls = try TLSContext(tls)
    return settings
  }

  /// The same for other hosts that the target's own sends us to: what pins or names the target's
  /// certificate does not count for theirs.
  public func connectSettings(beyond own: ConnectSettings) throws(TernError) -> ConnectSettings {
    guard let tls = own.tls, tls.settings.pin != nil || tls.settings.serverName != nil else {
      return own
    }
    var others = tls.settings
    others.pin = nil
    others.serverName = nil
    var settings = own
    settings.tls = try TLSContext(others)
    return settings
  }

  private func tlsSettings() throws(TernError) -> TLSSettings {
    var settings = TLSSettings()
    switch try text("tls_verify") {
    case "chain": settings.verification = .chain
    case "off": settings.verification = .off
    default: settings.verification = .full
    }
    settings.caFile = try text("tls_ca_file")
    settings.caDirectory = try text("tls_ca_dir")
    settings.certificateFile = try text("tls_cert_file")
    settings.keyFile = try text("tls_key_file")
    settings.keyPassword = try secret("tls_key_password")
    settings.pin = try text("tls_pin")
    settings.serverName = try text("tls_server_name")
    return settings
  }

  private func proxySettings() throws(TernError) -> ProxySettings {
    let exempt = isSet("no_proxy") ? try list("no_proxy") : nil
    guard let proxy = try secret("proxy"), !proxy.text.isEmpty else {
      return ProxySettings(.environment, noProxy: exempt)
    }
    if proxy.text == "off" { return ProxySettings(.off) }
    return ProxySettings(.server(try ProxyServer(parsing: proxy.text)), noProxy: exempt)
  }
}
