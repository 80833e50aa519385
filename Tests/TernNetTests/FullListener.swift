import Glibc
import TernCore
import TernTestKit
import Testing

@testable import TernNet

/// A listener whose queue is full: attempts to connect get no answer, as behind a firewall.
final class FullListener {
  let endpoint: Endpoint
  let address: SocketAddress
  private var descriptors: [CInt] = []

  init() throws {
    let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    descriptors = [listener]
    unsafe withUnsafeMutablePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = unsafe bind(listener, generic, length)
        _ = listen(listener, 0)
        _ = unsafe getsockname(listener, generic, &length)
      }
    }
    endpoint = Endpoint(host: "127.0.0.1", port: UInt16(bigEndian: name.sin_port))
    address = try #require(try Resolver.addresses(of: endpoint, CallContext()).first)
    // A queue of length 0 holds one connection; those after it stay without an answer.
    for _ in 0..<4 {
      guard let socket = Socket(family: AF_INET) else { continue }
      _ = socket.connect(to: address)
      descriptors.append(dup(socket.descriptor))
    }
  }

  deinit { for descriptor in descriptors { _ = Glibc.close(descriptor) } }
}
