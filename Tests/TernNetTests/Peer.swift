import Glibc
import TernCore
import TernTestKit

@testable import TernNet

/// A TCP server for one test: it listens on a free port of the loopback and plays one script per
/// connection, each on its own thread.
final class Peer: Sendable {
  let port: UInt16
  private let listener: CInt
  private let hasEnded: Monitor<Bool>
  private let family: CInt

  var endpoint: Endpoint {
    Endpoint(host: family == AF_INET ? "127.0.0.1" : "::1", port: port)
  }

  /// Starts to listen; connections beyond the scripts are refused by closing.
  init(family: CInt = AF_INET, _ scripts: [@Sendable (PeerLine) -> Void]) throws {
    let listener = socket(family, CInt(SOCK_STREAM.rawValue), 0)
    if family == AF_INET {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
      Self.listen(listener, &address)
      port = UInt16(bigEndian: address.sin_port)
    } else {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_addr = in6addr_loopback
      Self.listen(listener, &address)
      port = UInt16(bigEndian: address.sin6_port)
    }
    self.family = family
    self.listener = listener
    let hasEnded = Monitor(false)
    self.hasEnded = hasEnded
    _ = try WorkerThread.start("peer") {
      for script in scripts {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { break }
        _ = try? WorkerThread.start("peer-line") {
          let line = PeerLine(descriptor)
          script(line)
          line.close()
        }
      }
      // Closed only here: its number may not go to another test's socket while this thread uses it.
      hasEnded.withLock {
        $0 = true
        _ = Glibc.close(listener)
      }
    }
  }

  /// Waits until no further connection is accepted.
  func waitForEnd() { _ = try? hasEnded.wait(CallContext(), "the peer") { $0 ? true : nil } }

  /// A server with one script.
  convenience init(
    family: CInt = AF_INET, _ script: @escaping @Sendable (PeerLine) -> Void
  ) throws { try self.init(family: family, [script]) }

  /// Binds to a free port and writes down which.
  private static func listen<Address>(_ listener: CInt, _ address: inout Address) {
    var length = socklen_t(MemoryLayout<Address>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = unsafe bind(listener, generic, length)
        _ = Glibc.listen(listener, 16)
        _ = unsafe getsockname(listener, generic, &length)
      }
    }
  }

  deinit {
    // Ends a wait for connections that nobody makes.
    hasEnded.withLock { if !$0 { _ = shutdown(listener, CInt(SHUT_RDWR)) } }
  }
}

typealias PeerLine = SocketLine

extension SocketLine {
  /// Passes everything on to another server and back, as a tunnel does, until either side ends.
  func join(to endpoint: Endpoint) {
    var settings = ConnectSettings()
    settings.proxy = ProxySettings(.off)
    guard let far = try? ByteStream.connect(to: endpoint, settings, CallContext()) else { return }
    let back = try? WorkerThread.start("peer-tunnel") { [self] in
      var isOpen = true
      while isOpen {
        let piece = try? [UInt8](capacity: 65_536) { window throws(TernError) in
          isOpen = try far.read(into: &window, CallContext(), "tunnelling")
        }
        guard let piece else { break }
        write(piece)
      }
      finish()
    }
    while true {
      let piece = readSome()
      guard !piece.isEmpty, (try? far.write(piece.span, CallContext(), "tunnelling")) != nil
      else { break }
    }
    far.close()
    back?.join()
  }

  /// Answers the WebSocket handshake.
  func acceptWebSocket() {
    let head = readHead()
    guard let start = head.range(of: "Sec-WebSocket-Key: ") else { return }
    let key = String(head[start...].prefix { $0 != "\r\n" && $0 != "\r" })
    write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: \(WebSocket.accept(key))\r\n\r\n")
  }

  /// Reads a masked frame of a client; the payload unmasked.
  func readFrame() -> (opcode: UInt8, payload: [UInt8]) {
    let head = read(2)
    guard head.count == 2 else { return (0, []) }
    var count = Int(head[1] & 0x7F)
    if count == 126 { count = read(2).reduce(0) { $0 << 8 | Int($1) } }
    if count == 127 { count = read(8).reduce(0) { $0 << 8 | Int($1) } }
    let mask = read(4)
    let payload = read(count)
    return (head[0], payload.enumerated().map { $1 ^ mask[$0 & 3] })
  }
}

extension String {
  /// Where the text after `part` begins.
  func range(of part: String) -> String.Index? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(part) { return self.index(index, offsetBy: part.count) }
      index = self.index(after: index)
    }
    return nil
  }
}

/// A server's frame, unmasked.
func serverFrame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
  var frame: [UInt8] = [first]
  switch payload.count {
  case ..<126: frame.append(UInt8(payload.count))
  case ..<65_536: frame += [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
  default:
    frame.append(127)
    for shift in stride(from: 56, through: 0, by: -8) {
      frame.append(UInt8(truncatingIfNeeded: payload.count >> shift))
    }
  }
  return frame + payload
}
