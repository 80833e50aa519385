import COpenSSL
import Glibc
import TernTestKit

@testable import TernNet

/// A TLS server for one connection: it sends back what it received, and says what it saw.
final class TLSPeer: Sendable {
  /// What the server saw of its client.
  struct Seen: Sendable {
    var isAccepted = false
    var serverName: String?
    var hasClientCertificate = false
  }

  /// The server's end of a line that stands.
  @safe struct Line {
    fileprivate let tls: OpaquePointer?

    /// Whatever comes next, empty at the end.
    func readSome() -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe SSL_read(tls, &bytes, CInt(bytes.count))
      return Array(bytes.prefix(Int(max(0, count))))
    }

    /// Sends everything; whether that worked.
    func write(_ bytes: [UInt8]) -> Bool {
      unsafe SSL_write(tls, bytes, CInt(bytes.count)) > 0
    }
  }

  let peer: Peer
  let seen: Monitor<Seen?>

  /// - Parameter wantsClient: a client certificate, trusted if it is this one.
  /// - Parameter serve: what is done once the line stands, instead of sending everything back.
  init(
    _ certificate: TestCertificate, wantsClient: TestCertificate? = nil,
    serve: (@Sendable (Line) -> Void)? = nil
  ) throws {
    // OpenSSL's own transport raises it in the server when a client leaves.
    _ = signal(SIGPIPE, SIG_IGN)
    let seen = Monitor<Seen?>(nil)
    self.seen = seen
    peer = try Peer { line in
      let context = unsafe SSL_CTX_new(TLS_server_method())
      unsafe SSL_CTX_use_certificate_file(context, certificate.certificateFile, SSL_FILETYPE_PEM)
      unsafe SSL_CTX_use_PrivateKey_file(context, certificate.keyFile, SSL_FILETYPE_PEM)
      if let wantsClient {
        unsafe SSL_CTX_load_verify_file(context, wantsClient.certificateFile)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
      }
      let tls = unsafe SSL_new(context)
      unsafe SSL_set_fd(tls, line.descriptor)
      var result = Seen()
      result.isAccepted = unsafe SSL_accept(tls) == 1
      if let name = unsafe SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name) {
        result.serverName = unsafe String(cString: name)
      }
      result.hasClientCertificate = unsafe SSL_get0_peer_certificate(tls) != nil
      let final = result
      seen.withLock { $0 = final }
      if final.isAccepted { (serve ?? Self.echo)(unsafe Line(tls: tls)) }
      unsafe SSL_free(tls)
      unsafe SSL_CTX_free(context)
    }
  }

  private static func echo(_ line: Line) {
    while true {
      let piece = line.readSome()
      guard !piece.isEmpty, line.write(piece) else { return }
    }
  }
}
