internal import TernCore
internal import TernDriver
internal import TernNet

/// Opens WebSockets to the hosts of a target: in random order, each for its connect timeout.
///
/// Source: Exasol reference, section 1.6 "Hosts, ranges, failover".
struct ExasolDialer: Sendable {
  private let target: ConnectionTarget
  private let settings: ConnectSettings

  init(_ target: ConnectionTarget) throws(TernError) {
    self.target = target
    settings = try target.connectSettings()
  }

  /// The first host that opens a WebSocket; all hosts' errors when none does.
  func dialAny(
    _ context: CallContext, _ networkTimeout: Int64?
  ) throws(TernError) -> ExasolLine {
    try target.onAnyHost(context) { host throws(TernError) in
      try dial(host, context, networkTimeout)
    }
  }

  /// One host, with its own pin.
  func dial(
    _ host: HostAddress, _ context: CallContext, _ networkTimeout: Int64?
  ) throws(TernError) -> ExasolLine {
    let settings = try target.connectSettings(for: host, settings)
    let socket = try WebSocket.connect(
      to: Endpoint(host: host.host, port: host.port),
      path: try target.text("websocket_path") ?? "/", settings, context)
    Log.write(.info, "exasol: connected to \(host)")
    return ExasolLine(
      ExasolWebSocket(socket), host: host, networkTimeout: networkTimeout)
  }

  /// A node of the cluster by its address: it shows the certificate of `main`, whose name and pin
  /// it is checked against.
  func dialNode(
    _ node: HostAddress, of main: HostAddress, _ context: CallContext, _ networkTimeout: Int64?
  ) throws(TernError) -> ExasolLine {
    var target = target
    if target.isEncrypted, !target.isSet("tls_server_name") {
      try target.set("tls_server_name", main.host)
    }
    let node = HostAddress(host: node.host, port: node.port, pin: main.pin)
    return try ExasolDialer(target).dial(node, context, networkTimeout)
  }
}

/// The channel of a real connection.
final class ExasolWebSocket: ExasolChannel {
  private let socket: WebSocket

  /// Every message goes through the JSON reader, which checks its bytes itself.
  init(_ socket: WebSocket) {
    self.socket = socket
    socket.checksText = false
  }

  var isAlive: Bool { socket.stream.failure == nil }

  var peerAddress: String { socket.stream.peerAddress }

  func send(_ message: [UInt8], isBinary: Bool, _ context: CallContext) throws(TernError) {
    if isBinary {
      try socket.send(binary: message.span, context)
    } else {
      try socket.send(text: message.span, context)
    }
  }

  func receive(
    silenceMax: Int64, _ context: CallContext
  ) throws(TernError) -> any ExasolMessage {
    socket.stream.networkTimeout = silenceMax
    return try socket.receive(context)
  }

  func close(_ context: CallContext) { socket.close(context) }
}

extension WebSocketMessage: ExasolMessage {
  func drain(_ context: CallContext) throws(TernError) {
    self.context = context
    try discard()
  }
}
