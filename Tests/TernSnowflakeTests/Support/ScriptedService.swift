import Foundation
import Glibc
import TernCore
import TernNet
import TernTestKit

/// A request as a scripted server got it.
struct ServiceRequest: Sendable {
  let method: String
  /// Without the query.
  let path: String
  /// Decoded.
  let query: [String: String]
  let headers: [(name: String, value: String)]
  /// Inflated.
  let body: [UInt8]
  /// Counts requests of one server from 0.
  let number: Int

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The token of `Snowflake Token="…"`.
  var token: String? {
    header("Authorization").flatMap { value in
      let parts = value.split(separator: "\"", omittingEmptySubsequences: false)
      return parts.count == 3 && parts[0] == "Snowflake Token=" ? String(parts[1]) : nil
    }
  }

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The body as another parser reads it.
  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
  }

  /// The `data` of a login.
  var loginData: [String: Any] { json["data"] as? [String: Any] ?? [:] }

  /// A body of `application/x-www-form-urlencoded`.
  var form: [String: String] { ServiceRequest.pairs(text) }

  static func pairs(_ text: String) -> [String: String] {
    var pairs: [String: String] = [:]
    for item in text.split(separator: "&") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      pairs[String(parts[0])] = parts.count > 1 ? String(parts[1]).removingPercentEncoding : ""
    }
    return pairs
  }
}

/// What a scripted server does with a request.
enum ServiceReply: Sendable {
  case answer(Int, [(String, String)], [UInt8])
  /// These bytes, then the end of the line.
  case raw([UInt8])
  /// These bytes, then nothing until the client gives up.
  case rawThenHang([UInt8])
  /// The end of the line at once.
  case close
  /// Nothing, until the client gives up.
  case hang
  /// These bytes, then nothing until the client gives up.
  case stall([UInt8])

  /// A JSON document with the status 200.
  static func json(_ text: String, _ headers: [(String, String)] = []) -> ServiceReply {
    .answer(200, headers, Array(text.utf8))
  }

  static func status(
    _ status: Int, _ text: String = "", _ headers: [(String, String)] = []
  ) -> ServiceReply { .answer(status, headers, Array(text.utf8)) }
}

/// An HTTP server on a free port of the loopback that answers as a closure says. It ends with the
/// object.
final class ScriptedService: Sendable {
  typealias Handler = @Sendable (ServiceRequest) -> ServiceReply

  private struct State: Sendable {
    var requests: [ServiceRequest] = []
    var lines: Set<CInt> = []
    var lineCount = 0
    var hasEnded = false
  }

  let port: UInt16
  private let listener: CInt
  private let state: Monitor<State>

  init(_ handler: @escaping Handler) throws {
    let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = unsafe bind(listener, generic, length)
        _ = Glibc.listen(listener, 64)
        _ = unsafe getsockname(listener, generic, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    self.listener = listener
    let state = Monitor(State())
    self.state = state
    _ = try WorkerThread.start("service") {
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { break }
        let isOpen = state.withLock { state -> Bool in
          if !state.hasEnded { state.lines.insert(descriptor) }
          state.lineCount += 1
          return !state.hasEnded
        }
        guard isOpen else {
          _ = Glibc.close(descriptor)
          break
        }
        _ = try? WorkerThread.start("service-line") {
          Self.serve(descriptor, state, handler)
          state.withLock { state in
            state.lines.remove(descriptor)
            _ = Glibc.close(descriptor)
          }
        }
      }
      _ = Glibc.close(listener)
    }
  }

  deinit {
    state.withLock { state in
      state.hasEnded = true
      for line in state.lines { _ = shutdown(line, CInt(SHUT_RDWR)) }
    }
    _ = shutdown(listener, CInt(SHUT_RDWR))
  }

  /// All requests so far, in the order of their arrival.
  var requests: [ServiceRequest] { state.withLock { $0.requests } }

  /// Lines that clients have opened.
  var lineCount: Int { state.withLock { $0.lineCount } }

  /// Those to one path.
  func requests(_ path: String) -> [ServiceRequest] { requests.filter { $0.path == path } }

  /// Waits until so many requests have come.
  func waitForRequests(_ count: Int) throws {
    let context = CallContext(deadline: .after(60_000_000_000, .network))
    try state.wait(context, "waiting for requests") { $0.requests.count >= count ? () : nil }
  }

  var origin: HTTPOrigin {
    HTTPOrigin(Endpoint(host: "127.0.0.1", port: port), isEncrypted: false)
  }

  private static func serve(
    _ descriptor: CInt, _ state: Monitor<State>, _ handler: Handler
  ) {
    let line = SocketLine(descriptor)
    while true {
      let head = line.readHead()
      guard head.hasSuffix("\r\n\r\n") else { return }
      var headers: [(name: String, value: String)] = []
      let lines = head.components(separatedBy: "\r\n")
      for text in lines.dropFirst() {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { continue }
        headers.append((String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces)))
      }
      let value = { (name: String) in
        headers.first { $0.name.lowercased() == name }?.value
      }
      var body = line.read(Int(value("content-length") ?? "") ?? 0)
      if value("content-encoding") == "gzip" {
        let source = Inflater(ArraySource(body), .gzip)
        body = (try? ByteCollector.all(of: source, byteCountMax: 1 << 28)) ?? []
      }
      let first = lines[0].components(separatedBy: " ")
      let target = first.count > 1 ? first[1] : ""
      let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      let (plainHeaders, plainBody) = (headers, body)
      let request = state.withLock { state -> ServiceRequest in
        let request = ServiceRequest(
          method: first[0], path: String(parts[0]),
          query: parts.count > 1 ? ServiceRequest.pairs(String(parts[1])) : [:],
          headers: plainHeaders, body: plainBody, number: state.requests.count)
        state.requests.append(request)
        return request
      }
      switch handler(request) {
      case .answer(let status, let headers, let body):
        var text = "HTTP/1.1 \(status) Scripted\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        line.write(Array((text + "\r\n").utf8) + body)
      case .raw(let bytes):
        line.write(bytes)
        _ = shutdown(descriptor, CInt(SHUT_RDWR))
        return
      case .rawThenHang(let bytes):
        line.write(bytes)
        line.waitForEnd()
        return
      case .close:
        _ = shutdown(descriptor, CInt(SHUT_RDWR))
        return
      case .stall(let bytes):
        line.write(bytes)
        line.waitForEnd()
        return
      case .hang:
        line.waitForEnd()
        return
      }
    }
  }
}
