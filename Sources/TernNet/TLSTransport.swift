internal import COpenSSL
internal import Glibc

/// OpenSSL's way to a socket of ours. Its own socket transport calls `write`, which raises SIGPIPE
/// in the host process when the peer is gone.
enum TLSTransport {
  /// A transport for `socket`, which must outlive it; nil without memory.
  static func bio(for socket: SharedSocket) -> OpaquePointer? {
    guard let method = unsafe method.pointer, let bio = unsafe BIO_new(method) else { return nil }
    unsafe BIO_set_data(bio, Unmanaged.passUnretained(socket).toOpaque())
    unsafe BIO_set_init(bio, 1)
    return unsafe bio
  }

  /// The table of callbacks, made once and kept: OpenSSL's lines point to it.
  @safe private final class Method: @unchecked Sendable {
    // Sound as Sendable: nothing changes after the initializer.
    let pointer: OpaquePointer?

    init() {
      let type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
      unsafe pointer = BIO_meth_new(type, "tern socket")
      unsafe BIO_meth_set_write_ex(pointer, TLSTransport.write)
      unsafe BIO_meth_set_read_ex(pointer, TLSTransport.read)
      unsafe BIO_meth_set_ctrl(pointer) { _, command, _, _ in
        // Nothing is buffered here, so a flush has succeeded before it is asked for.
        command == BIO_CTRL_FLUSH ? 1 : 0
      }
    }
  }

  private static let method = Method()

  private static func socket(of bio: OpaquePointer) -> SharedSocket? {
    guard let data = unsafe BIO_get_data(bio) else { return nil }
    // Set by `bio(for:)`; the session keeps the socket alive as long as its line.
    return unsafe Unmanaged<SharedSocket>.fromOpaque(data).takeUnretainedValue()
  }

  private static let write:
    @convention(c) (
      OpaquePointer?, UnsafePointer<CChar>?, Int, UnsafeMutablePointer<Int>?
    ) -> CInt = { bio, bytes, count, sent in
      guard let bio = unsafe bio, let socket = unsafe socket(of: bio) else { return 0 }
      unsafe tern_bio_clear_retry(bio)
      switch unsafe socket.socket.send(UnsafeRawBufferPointer(start: bytes, count: count)) {
      case .count(let moved):
        unsafe sent?.pointee = moved
        return 1
      case .wouldBlock:
        unsafe tern_bio_set_retry_write(bio)
        return 0
      case .failed(let code):
        errno = code
        return 0
      }
    }

  private static let read:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>?
    ) -> CInt = { bio, buffer, count, received in
      guard let bio = unsafe bio, let socket = unsafe socket(of: bio) else { return 0 }
      unsafe tern_bio_clear_retry(bio)
      let room = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count)
      switch unsafe socket.socket.receive(into: room) {
      case .count(let moved):
        unsafe received?.pointee = moved
        errno = 0
        return moved > 0 ? 1 : 0
      case .wouldBlock:
        unsafe tern_bio_set_retry_read(bio)
        return 0
      case .failed(let code):
        errno = code
        return 0
      }
    }
}
