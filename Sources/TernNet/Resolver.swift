internal import Glibc
internal import TernCore

/// Names to addresses, without blocking the caller for longer than it allows.
enum Resolver {
  private enum Answer: Sendable {
    case pending
    case addresses([SocketAddress])
    case failed(String)
  }

  /// All addresses of `endpoint`, IPv6 and IPv4 taking turns in the system's order.
  ///
  /// The system's resolver cannot be interrupted: it runs on a thread of its own, which a cancelled
  /// call leaves behind to end by itself.
  static func addresses(
    of endpoint: Endpoint, _ context: CallContext
  ) throws(TernError) -> [SocketAddress] {
    var answer = lookUp(endpoint, flags: AI_NUMERICHOST)
    if case .failed = answer {
      let result = Monitor(Answer.pending)
      _ = try WorkerThread.start("tern-dns") {
        let answer = lookUp(endpoint, flags: AI_ADDRCONFIG)
        result.withLock { $0 = answer }
      }
      answer = try result.wait(context, "looking up \(endpoint.host)") { answer -> Answer? in
        if case .pending = answer { return nil }
        return answer
      }
    }
    switch answer {
    case .addresses(let found) where !found.isEmpty:
      return alternating(found)
    case .failed(let reason):
      throw cannotConnect("host name \(endpoint.host) cannot be resolved: \(reason)")
    case .addresses, .pending:
      throw cannotConnect("host name \(endpoint.host) has no usable address")
    }
  }

  /// The name that DNS calls `host` by; `host` itself where there is none.
  static func canonicalName(of host: String, _ context: CallContext) throws(TernError) -> String {
    let result = Monitor<String?>(nil)
    _ = try WorkerThread.start("tern-dns") {
      let name = lookUpName(host)
      result.withLock { $0 = name }
    }
    return try result.wait(context, "looking up \(host)") { $0 }
  }

  private static func lookUpName(_ host: String) -> String {
    guard !host.utf8.contains(0) else { return host }
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_CANONNAME
    var list: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, nil, &hints, &list) == 0, let first = unsafe list else {
      return host
    }
    // The list belongs to this function until it is freed; the name is copied out of it.
    defer { unsafe freeaddrinfo(list) }
    guard let name = unsafe first.pointee.ai_canonname else { return host }
    return unsafe String(cString: name)
  }

  private static func cannotConnect(_ message: String) -> TernError {
    TernError(.connection, .cannotConnect, message, isRetryable: true)
  }

  private static func lookUp(_ endpoint: Endpoint, flags: CInt) -> Answer {
    // An embedded NUL would end the C string early and name another host.
    guard !endpoint.host.utf8.contains(0), !endpoint.host.isEmpty else {
      return .failed("the name is empty or holds a NUL")
    }
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
    guard code == 0 else { return .failed(unsafe String(cString: gai_strerror(code))) }
    // The list belongs to this function until it is freed; addresses are copied out of it.
    defer { unsafe freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var next = unsafe list
    while let entry = unsafe next {
      if let address = unsafe entry.pointee.ai_addr,
        let copy = unsafe SocketAddress(copying: address, length: entry.pointee.ai_addrlen)
      {
        found.append(copy)
      }
      unsafe next = entry.pointee.ai_next
    }
    return .addresses(found)
  }

  /// Families take turns, the first stays first (RFC 8305, section 4).
  private static func alternating(_ found: [SocketAddress]) -> [SocketAddress] {
    guard let first = found.first else { return [] }
    var own = found.filter { $0.family == first.family }[...]
    var other = found.filter { $0.family != first.family }[...]
    var order: [SocketAddress] = []
    while !own.isEmpty || !other.isEmpty {
      if let address = own.popFirst() { order.append(address) }
      if let address = other.popFirst() { order.append(address) }
    }
    return order
  }
}
