internal import Glibc

/// One address of a host: an IPv4 or IPv6 address with a port.
struct SocketAddress: Sendable {
  private let storage: sockaddr_storage
  private let length: socklen_t

  /// Copies the address that `pointer` shows; nil for other families and impossible lengths.
  init?(copying pointer: UnsafePointer<sockaddr>, length: socklen_t) {
    // The caller vouches for `length` readable bytes; `storage` has room for any family's.
    let family = CInt(unsafe pointer.pointee.sa_family)
    let room = MemoryLayout<sockaddr_storage>.size
    guard family == AF_INET || family == AF_INET6, Int(length) <= room else { return nil }
    var storage = sockaddr_storage()
    unsafe withUnsafeMutableBytes(of: &storage) { target in
      unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: Int(length)))
    }
    self.storage = storage
    self.length = length
  }

  /// `AF_INET` or `AF_INET6`.
  var family: CInt { CInt(storage.ss_family) }

  /// Lends the address to a system call.
  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    unsafe withUnsafePointer(to: storage) { pointer in
      // A socket address storage may be read as the family it holds.
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe body(address, length)
      }
    }
  }

  /// The numeric form, for messages: `127.0.0.1` or `::1`.
  var text: String {
    var room = [CChar](repeating: 0, count: 64)
    let result = unsafe withPointer { pointer, length in
      // `room` is as long as said, and the name is terminated within it.
      unsafe getnameinfo(pointer, length, &room, socklen_t(room.count), nil, 0, NI_NUMERICHOST)
    }
    guard result == 0 else { return "?" }
    let end = room.firstIndex(of: 0) ?? room.count
    return String(decoding: room[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
