internal import Glibc
public import TernCore

/// Waits on this machine for a browser that comes back from a login.
///
/// It listens on `127.0.0.1` and, where there is one, on `::1` with the same port: which of them a
/// browser takes `localhost` for is its own business. Nobody outside this machine can reach it.
@safe public final class LoopbackListener: @unchecked Sendable {
  // Sound as Sendable: nothing changes after the initializer.

  /// The port of both.
  public let port: UInt16
  private let descriptors: [CInt]

  /// Free ports that are tried, should the other family have given one away.
  private static let portCountMax = 16

  /// Starts to listen.
  ///
  /// - Parameter port: 0 for any that is free.
  /// - Throws: `.usage` (HY024) for a port that is taken.
  public init(port wanted: UInt16 = 0) throws(TernError) {
    for _ in 0..<Self.portCountMax {
      let (first, code) = Self.listen(AF_INET, wanted)
      guard let first else {
        throw .usage(
          "cannot listen on port \(wanted) of this machine: \(systemMessage(code))",
          .invalidOptionValue)
      }
      let port = Self.port(of: first)
      let (second, secondCode) = Self.listen(AF_INET6, port)
      if second == nil, secondCode == EADDRINUSE, wanted == 0 {
        close(first)
        continue
      }
      self.port = port
      descriptors = [first] + (second.map { [$0] } ?? [])
      return
    }
    throw .internal("no port of this machine is free for both families")
  }

  deinit { for descriptor in descriptors { close(descriptor) } }

  /// The next line that somebody opens to it; nil when `pause` passes first.
  public func accept(
    _ context: CallContext, pause: Deadline, _ what: String
  ) throws(TernError) -> LoopbackLine? {
    while true {
      guard try Readiness.readable.wait(on: descriptors, context, pause: pause, what) else {
        return nil
      }
      for descriptor in descriptors {
        // The peer's address is not asked for: it is this machine.
        let line = Glibc.accept(descriptor, nil, nil)
        guard line >= 0 else { continue }
        _ = fcntl(line, F_SETFD, FD_CLOEXEC)
        _ = fcntl(line, F_SETFL, O_NONBLOCK)
        return LoopbackLine(line)
      }
    }
  }

  private static func listen(_ family: CInt, _ port: UInt16) -> (CInt?, CInt) {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { return (nil, errno) }
    var result: CInt = -1
    if family == AF_INET {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
      result = bind(descriptor, &address)
    } else {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = in6addr_loopback
      result = bind(descriptor, &address)
    }
    guard result == 0, Glibc.listen(descriptor, 16) == 0 else {
      let code = errno
      close(descriptor)
      return (nil, code)
    }
    return (descriptor, 0)
  }

  private static func bind<Address>(_ descriptor: CInt, _ address: inout Address) -> CInt {
    let length = socklen_t(MemoryLayout<Address>.size)
    return unsafe withUnsafePointer(to: &address) { pointer in
      // A socket address of either family may be read as the general one.
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe Glibc.bind(descriptor, generic, length)
      }
    }
  }

  private static func port(of descriptor: CInt) -> UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      // The socket is one of IPv4, so its address has this form and size.
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = unsafe getsockname(descriptor, generic, &length)
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }
}

/// A browser's line: one request, one answer.
public final class LoopbackLine {
  /// What the browser asks for.
  public struct Request: Sendable {
    /// `GET`, `POST`, `OPTIONS`, …
    public let method: String
    /// Path and query, still encoded.
    public let target: String
    /// The header fields.
    public let headers: HTTPHeaders
    /// What came behind them.
    public let body: [UInt8]
  }

  private let descriptor: CInt

  /// Browsers send a page of headers and a short text at most.
  private static let byteCountMax = 64 << 10
  /// A line on which nothing comes for so long is a guess of the browser's: 2 seconds.
  private static let silence: Int64 = 2_000_000_000

  init(_ descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// The request; nil for what is none, and for a line on which nothing comes.
  public func request(_ context: CallContext) throws(TernError) -> Request? {
    var reader = HTTPHeadReader()
    var rest: [UInt8] = []
    let end = Deadline.after(Self.silence, .network)
    while true {
      guard let piece = try receive(context, end) else { return nil }
      var used = 0
      guard let lines = try? reader.feed(piece.span, used: &used) else { continue }
      rest = Array(piece.dropFirst(used))
      let words = String(decoding: lines.first ?? [], as: UTF8.self).split(separator: " ")
      guard words.count == 3, let headers = try? HTTPResponseHead.headers(lines.dropFirst())
      else { return nil }
      let length = headers["Content-Length"].flatMap { Int($0) } ?? 0
      guard (0...Self.byteCountMax).contains(length) else { return nil }
      while rest.count < length {
        guard let piece = try receive(context, end) else { return nil }
        rest += piece
      }
      return Request(
        method: String(words[0]), target: String(words[1]), headers: headers,
        body: Array(rest.prefix(length)))
    }
  }

  /// Answers, as far as the browser still listens.
  public func answer(
    _ status: String, _ headers: [(name: String, value: String)], _ body: String,
    _ context: CallContext
  ) throws(TernError) {
    var text = "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    var bytes = Array((text + "\r\n" + body).utf8)[...]
    let end = Deadline.after(Self.silence, .network)
    while !bytes.isEmpty {
      guard
        try Readiness.writable.wait(
          on: [descriptor], context, pause: end, "answering the browser")
      else { return }
      let piece = Array(bytes)
      // The kernel reads at most as many bytes as the array has.
      let sent = unsafe send(descriptor, piece, piece.count, CInt(MSG_NOSIGNAL))
      guard sent > 0 || (sent < 0 && errno == EINTR) else { return }
      bytes = bytes.dropFirst(max(0, sent))
    }
  }

  /// Some bytes; nil at the end of the line or of the patience.
  private func receive(_ context: CallContext, _ end: Deadline) throws(TernError) -> [UInt8]? {
    guard
      try Readiness.readable.wait(
        on: [descriptor], context, pause: end, "reading from the browser")
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    // The kernel writes at most as many bytes as the array has.
    let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? Array(bytes.prefix(count)) : nil
  }
}
