import Glibc

/// A TCP socket that cannot be copied, leaked or closed twice; it never blocks by itself and dies
/// with an `exec`.
struct Socket: ~Copyable {
  /// What one system call did.
  enum Outcome {
    /// Bytes moved; 0 from a receive is the end of the stream.
    case count(Int)
    /// Nothing can move now.
    case wouldBlock
    /// The line is gone, for the reason `errno` gave.
    case failed(CInt)
  }

  /// What can be seen of an idle line without reading from it.
  enum IdleState { case quiet, readable, closed }

  /// For `poll` only.
  let descriptor: CInt

  /// Opens a socket of `family` (`AF_INET`, `AF_INET6`), or nil when the process may open no more.
  init?(family: CInt) {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { return nil }
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Starts to connect. `wouldBlock` means that the answer comes later, when it is writable.
  func connect(to address: SocketAddress) -> Outcome {
    let result = unsafe address.withPointer { pointer, length in
      // The pointer lives as long as the closure, and the call keeps none of it.
      unsafe Glibc.connect(descriptor, pointer, length)
    }
    if result == 0 { return .count(0) }
    return errno == EINPROGRESS || errno == EINTR ? .wouldBlock : .failed(errno)
  }

  /// Whether a connect has ended, well or not. Never waits.
  func isReady() -> Bool {
    var entry = pollfd(fd: descriptor, events: CShort(POLLOUT), revents: 0)
    // One entry, as said.
    return unsafe poll(&entry, 1, 0) > 0
  }

  /// The error of a connect that has ended, 0 if it succeeded.
  func takeError() -> CInt {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    // Both pointers outlive the call, and `length` tells the size of `value`.
    let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length)
    return result == 0 ? value : errno
  }

  /// Sends small requests at once, and notices a dead peer after `keepAliveNanoseconds` of idleness
  /// and five probes at the same interval (0 leaves keep-alive off).
  func tune(keepAliveNanoseconds: Int64) {
    set(CInt(IPPROTO_TCP), TCP_NODELAY, 1)
    guard keepAliveNanoseconds > 0 else { return }
    let seconds = CInt(clamping: max(1, keepAliveNanoseconds / 1_000_000_000))
    set(SOL_SOCKET, SO_KEEPALIVE, 1)
    set(CInt(IPPROTO_TCP), TCP_KEEPIDLE, min(seconds, 32_767))
    set(CInt(IPPROTO_TCP), TCP_KEEPINTVL, min(seconds, 32_767))
    set(CInt(IPPROTO_TCP), TCP_KEEPCNT, 5)
  }

  /// Receives what is there, at most `buffer.count` bytes.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    while true {
      // The kernel writes at most `buffer.count` bytes into memory that the caller owns.
      let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count >= 0 { return .count(count) }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(errno)
    }
  }

  /// Sends what fits into the kernel's buffer. A closed peer is an error, never a signal.
  func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    while true {
      // The kernel reads at most `bytes.count` bytes of memory that the caller holds.
      let count = unsafe Glibc.send(
        descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
      if count >= 0 { return .count(count) }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(errno)
    }
  }

  /// Looks at the line without taking a byte from it.
  func peek() -> IdleState {
    var byte: UInt8 = 0
    let flags = CInt(MSG_PEEK | MSG_DONTWAIT)
    // One byte of room, one byte asked for.
    let count = unsafe recv(descriptor, &byte, 1, flags)
    if count > 0 { return .readable }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? .quiet : .closed
  }

  /// Tells the peer that nothing more comes, and ends waits on this socket.
  func shutdown() { _ = Glibc.shutdown(descriptor, CInt(SHUT_RDWR)) }

  private func set(_ level: CInt, _ name: CInt, _ value: CInt) {
    var value = value
    // A refused option costs speed or comfort, not correctness: the result is not looked at.
    _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
  }
}
