import Foundation
import Glibc

/// The server's end of a connection in a test. Waits of more than two minutes end as if the other
/// side had closed.
public final class SocketLine: Sendable {
  /// The socket.
  public let descriptor: CInt

  /// A line over `descriptor`, which `close` closes.
  public init(_ descriptor: CInt) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 120, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  /// Whatever comes next, empty at the end.
  public func readSome(_ count: Int = 65_536) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = unsafe recv(descriptor, &bytes, count, 0)
    return Array(bytes.prefix(max(0, received)))
  }

  /// That many bytes, fewer at the end.
  public func read(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let piece = readSome(count - bytes.count)
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }

  /// A head of HTTP with its empty line, and nothing of what follows; less at the end.
  ///
  /// Looks before it takes: reading byte by byte costs a thread sanitizer's build more than all
  /// that is tested.
  public func readHead() -> String {
    var head: [UInt8] = []
    var window = [UInt8](repeating: 0, count: 16_384)
    var isWhole = false
    while !isWhole {
      let seen = unsafe recv(descriptor, &window, window.count, CInt(MSG_PEEK))
      guard seen > 0 else { break }
      let before = head.count
      unsafe window.withUnsafeBytes { unsafe head.append(contentsOf: $0.prefix(seen)) }
      if let end = Data(head).range(of: Data("\r\n\r\n".utf8))?.upperBound {
        head.removeLast(head.count - end)
        isWhole = true
      }
      _ = unsafe recv(descriptor, &window, head.count - before, 0)
    }
    return String(decoding: head, as: UTF8.self)
  }

  /// Sends everything, unless the other side has closed.
  public func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(1 << 20))
      let sent = unsafe send(descriptor, piece, piece.count, CInt(MSG_NOSIGNAL))
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }

  /// Sends a text.
  public func write(_ text: String) { write(Array(text.utf8)) }

  /// Waits until the other side has closed.
  public func waitForEnd() { while !readSome().isEmpty {} }

  /// Ends the sending side.
  public func finish() { _ = shutdown(descriptor, CInt(SHUT_WR)) }

  /// Ends both sides.
  public func close() {
    _ = shutdown(descriptor, CInt(SHUT_RDWR))
    _ = Glibc.close(descriptor)
  }
}
