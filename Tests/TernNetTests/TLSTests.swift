import TernCore
import TernTestKit
import Testing

@testable import TernNet

@Suite struct TLSTests {
  private func connect(
    _ server: TLSPeer, host: String = "127.0.0.1", _ change: (inout TLSSettings) -> Void
  ) throws -> ByteStream {
    var tls = TLSSettings()
    change(&tls)
    var settings = ConnectSettings(tls: try TLSContext(tls))
    settings.proxy = ProxySettings(.off)
    return try ByteStream.connect(
      to: Endpoint(host: host, port: server.peer.port), settings, CallContext())
  }

  private func refusal(
    _ server: TLSPeer, host: String = "127.0.0.1", _ change: (inout TLSSettings) -> Void
  ) -> TernError? {
    do {
      _ = try connect(server, host: host, change)
      Issue.record("connected")
      return nil
    } catch {
      return error as? TernError
    }
  }

  private func expectEcho(_ stream: ByteStream) throws {
    let sent = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var received: [UInt8] = []
    for start in stride(from: 0, to: sent.count, by: 100_000) {
      let piece = Array(sent[start..<start + 100_000])
      try stream.write(piece.span, CallContext(), "sending")
      while received.count < start + piece.count {
        received += try [UInt8](capacity: 65_536) { window in
          _ = try stream.read(into: &window, CallContext(), "receiving")
        }
      }
    }
    #expect(received == sent)
  }

  @Test func verifiesChainAndAddress() throws {
    let certificate = TestCertificate("IP:127.0.0.1")
    let server = try TLSPeer(certificate)
    let stream = try connect(server) { $0.caFile = certificate.certificateFile }
    #expect(stream.isEncrypted)
    try expectEcho(stream)
    // RFC 6066: an address is not sent as a server name.
    let seen = server.seen.withLock { $0 }
    #expect(seen?.isAccepted == true && seen?.serverName == nil)
  }

  @Test func verifiesChainAndName() throws {
    let certificate = TestCertificate("DNS:localhost")
    let server = try TLSPeer(certificate)
    let stream = try connect(server, host: "localhost") {
      $0.caFile = certificate.certificateFile
    }
    try expectEcho(stream)
    #expect(server.seen.withLock { $0?.serverName } == "localhost")
  }

  @Test func refusesASelfSignedCertificateAndShowsItsPin() throws {
    let certificate = TestCertificate("IP:127.0.0.1")
    let error = refusal(try TLSPeer(certificate)) { _ in }
    #expect(error?.sqlState == .cannotConnect)
    #expect(error?.message.range(of: "self-signed") != nil)
    #expect(error?.message.range(of: "tls_pin=\(certificate.fingerprint)") != nil)
  }

  @Test func refusesAnExpiredCertificate() throws {
    let certificate = TestCertificate("IP:127.0.0.1", seconds: -7_200 ... -3_600)
    let error = refusal(try TLSPeer(certificate)) { $0.caFile = certificate.certificateFile }
    #expect(error?.message.range(of: "expired") != nil)
    #expect(error?.message.range(of: "clock") != nil)
    #expect(error?.message.range(of: "tls_ca_file") == nil)
  }

  @Test(arguments: [
    ("DNS:other.example", "localhost", "hostname mismatch"),
    ("IP:127.0.0.2", "127.0.0.1", "IP address mismatch"),
    ("DNS:127.0.0.1", "127.0.0.1", "IP address mismatch"),
  ])
  func refusesAnotherHostsCertificate(names: String, host: String, why: String) throws {
    let certificate = TestCertificate(names)
    let error = refusal(try TLSPeer(certificate), host: host) {
      $0.caFile = certificate.certificateFile
    }
    #expect(error?.message.lowercased().range(of: why.lowercased()) != nil)
    #expect(error?.message.range(of: "tls_server_name") != nil)
    let chain = try connect(try TLSPeer(certificate), host: host) {
      $0.caFile = certificate.certificateFile
      $0.verification = .chain
    }
    try expectEcho(chain)
  }

  @Test func aServerNameReplacesTheHost() throws {
    let certificate = TestCertificate("DNS:db.example")
    let stream = try connect(try TLSPeer(certificate)) {
      $0.caFile = certificate.certificateFile
      $0.serverName = "db.example"
    }
    try expectEcho(stream)
  }

  @Test func aPinReplacesEveryOtherCheck() throws {
    let certificate = TestCertificate("DNS:other", seconds: -7_200 ... -3_600)
    let stream = try connect(try TLSPeer(certificate)) {
      $0.pin = certificate.fingerprint.uppercased()
    }
    try expectEcho(stream)
    let error = refusal(try TLSPeer(certificate)) {
      $0.pin = String(repeating: "0", count: 64)
      $0.verification = .off
    }
    #expect(error?.message.range(of: "not the pinned") != nil)
    #expect(error?.message.range(of: "tls_pin=\(certificate.fingerprint)") != nil)
  }

  @Test func trustsAFolderOfCertificates() throws {
    let (certificate, other) = (TestCertificate("IP:127.0.0.1"), TestCertificate("IP:127.0.0.1"))
    let folder = try certificate.hashedFolder()
    let stream = try connect(try TLSPeer(certificate)) { $0.caDirectory = folder }
    try expectEcho(stream)
    let error = refusal(try TLSPeer(other)) { $0.caDirectory = folder }
    #expect(error?.message.range(of: "self-signed") != nil)
  }

  /// The host that is checked is the server's, not the proxy's; so is the name that is sent.
  @Test func worksThroughAProxysTunnel() throws {
    let certificate = TestCertificate("DNS:db.example")
    let server = try TLSPeer(certificate)
    let target = server.peer.endpoint
    let proxy = try Peer { line in
      #expect(line.readHead().hasPrefix("CONNECT db.example:8563 HTTP/1.1\r\n"))
      line.write("HTTP/1.1 200 Connection established\r\n\r\n")
      line.join(to: target)
    }
    var tls = TLSSettings()
    tls.caFile = certificate.certificateFile
    var settings = ConnectSettings(tls: try TLSContext(tls))
    settings.proxy = ProxySettings(.server(try ProxyServer(parsing: "http://\(proxy.endpoint)")))
    let stream = try ByteStream.connect(
      to: Endpoint(host: "db.example", port: 8_563), settings, CallContext())
    #expect(stream.isEncrypted)
    try expectEcho(stream)
    #expect(server.seen.withLock { $0?.serverName } == "db.example")
    stream.close()
  }

  @Test func checksNothingWhenAskedTo() throws {
    let certificate = TestCertificate("DNS:other", seconds: -7_200 ... -3_600)
    try expectEcho(try connect(try TLSPeer(certificate)) { $0.verification = .off })
  }

  @Test func showsAClientCertificateWithAnEncryptedKey() throws {
    let certificate = TestCertificate("IP:127.0.0.1")
    let client = TestCertificate("DNS:client", password: "open sesame")
    let server = try TLSPeer(certificate, wantsClient: client)
    let stream = try connect(server) {
      $0.pin = certificate.fingerprint
      $0.certificateFile = client.certificateFile
      $0.keyFile = client.keyFile
      $0.keyPassword = Secret("open sesame")
    }
    try expectEcho(stream)
    #expect(server.seen.withLock { $0?.hasClientCertificate } == true)
  }

  @Test func saysThatAClientCertificateIsWanted() throws {
    let certificate = TestCertificate("IP:127.0.0.1")
    let server = try TLSPeer(certificate, wantsClient: TestCertificate("DNS:client"))
    let error = #expect(throws: TernError.self) {
      // The handshake of TLS 1.3 has ended for the client when the server looks for it.
      let stream = try connect(server) { $0.pin = certificate.fingerprint }
      _ = try [UInt8](capacity: 16) { window in
        _ = try stream.read(into: &window, CallContext(), "receiving")
      }
    }
    #expect(error?.message.range(of: "tls_cert_file") != nil)
  }

  @Test func saysThatAServerSpeaksNoTLS() throws {
    let peer = try Peer { line in
      line.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
      line.waitForEnd()
    }
    var settings = ConnectSettings(tls: try TLSContext(TLSSettings()))
    settings.proxy = ProxySettings(.off)
    let error = #expect(throws: TernError.self) {
      try ByteStream.connect(to: peer.endpoint, settings, CallContext())
    }
    #expect(error?.sqlState == .cannotConnect)
    #expect(error?.message.range(of: "TLS with \(peer.endpoint) failed: the answer is not TLS") != nil)
    #expect(error?.message.range(of: "tls=off") != nil)
  }

  @Test func namesTheFileThatCannotBeUsed() throws {
    let client = TestCertificate("DNS:client", password: "open sesame")
    for (change, name) in [
      ({ $0.caFile = "/nowhere" }, "tls_ca_file /nowhere"),
      ({ $0.caDirectory = "/nowhere" }, "tls_ca_dir /nowhere"),
      ({ $0.certificateFile = "/nowhere" }, "tls_cert_file /nowhere"),
      ({ $0.pin = "12" }, "tls_pin"),
      (
        {
          $0.certificateFile = client.certificateFile
          $0.keyFile = client.keyFile
          $0.keyPassword = Secret("wrong secret")
        }, "tls_key_file"
      ),
    ] as [((inout TLSSettings) -> Void, String)] {
      var settings = TLSSettings()
      change(&settings)
      do throws(TernError) {
        _ = try TLSContext(settings)
        Issue.record("\(name) was accepted")
      } catch {
        #expect(error.kind == .usage)
        #expect(error.message.range(of: name) != nil)
        #expect(error.message.range(of: "wrong secret") == nil)
      }
    }
  }

  @Test func aFileThatIsNotThereIsSaidToBe() {
    var tls = TLSSettings()
    tls.caFile = "/nowhere/ca.pem"
    let error = #expect(throws: TernError.self) { try TLSContext(tls) }
    let message = error?.message ?? ""
    #expect(message.contains("/nowhere/ca.pem") && message.contains("no such file"), "\(message)")
  }

  @Test func aPlainServerIsNoTLSServer() throws {
    let peer = try Peer { line in
      _ = line.readSome()
      line.write("HTTP/1.1 400 Bad Request\r\n\r\n")
    }
    var settings = ConnectSettings(tls: try TLSContext(TLSSettings()))
    settings.proxy = ProxySettings(.off)
    do throws(TernError) {
      _ = try ByteStream.connect(to: peer.endpoint, settings, CallContext())
      Issue.record("connected")
    } catch {
      #expect(error.sqlState == .cannotConnect)
    }
  }
}
