/// A socket in a place that several owners can name, such as an array.
final class SharedSocket {
  let socket: Socket
  /// Where it connects to.
  let address: SocketAddress

  /// Takes the socket over; it is closed when the last owner is gone.
  init(_ socket: consuming Socket, _ address: SocketAddress) {
    self.socket = socket
    self.address = address
  }
}
