import Foundation
import TernCore
import TernNet
import Testing

/// A stand-in server of one test target's own: faults and options of others would get in the way.
///
/// It ends with the pipe on its standard input, so with this process. What is said of one protocol,
/// its connections above all, is an extension in that protocol's tests.
public final class Standin: Sendable {
  /// What the stand-in printed when it was ready; inner members as `outer.inner`.
  public let info: [String: String]
  private let input: Pipe

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let python = root.appendingPathComponent(".build/venv/bin/python").path

  /// `Tests/run.py` says in `TERN_TESTBED_…` where its own stand-in is; that it can run one is what
  /// counts here.
  public static func isAvailable(_ name: String) -> Bool {
    ProcessInfo.processInfo.environment["TERN_TESTBED_\(name.uppercased())"] != nil
      && FileManager.default.isExecutableFile(atPath: python)
  }

  /// Starts the stand-in of that name.
  public init(_ name: String, _ arguments: [String] = []) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.python)
    process.arguments = ["-m", "testbed", name] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PYTHONPATH": Self.root.appendingPathComponent("Tests/Testbed").path
    ]) { $1 }
    let output = Pipe()
    input = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while !line.contains(UInt8(ascii: "\n")) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { break }
      line += more
    }
    let object = try JSONSerialization.jsonObject(with: line) as? [String: Any]
    info = Self.flat(try #require(object), "")
  }

  /// `{"ports": {"tls": 1}}` as `["ports.tls": "1"]`.
  private static func flat(_ object: [String: Any], _ prefix: String) -> [String: String] {
    var result: [String: String] = [:]
    for (key, value) in object {
      if let inner = value as? [String: Any] {
        result.merge(flat(inner, prefix + key + ".")) { $1 }
      } else {
        result[prefix + key] = "\(value)"
      }
    }
    return result
  }

  /// One entry of `info`; `""` if there is none.
  public subscript(_ name: String) -> String { info[name] ?? "" }
}

// Its control endpoint.
extension Standin {
  /// Faults of the next replies and connections, as JSON.
  public func faults(_ rules: String) throws { _ = try control("POST", "/faults", rules) }

  /// Options, as JSON.
  public func options(_ options: String) throws { _ = try control("POST", "/options", options) }

  /// Forgets what earlier tests have asked for and left behind.
  public func reset() throws { _ = try control("POST", "/reset", "{}") }

  /// The requests received, in order, as the stand-in logs them.
  public func log() throws -> [[String: Any]] {
    let data = Data(try control("GET", "/log").utf8)
    return try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
  }

  /// A request to the control endpoint, and the body of the answer.
  public func control(
    _ method: String, _ path: String, _ body: String = ""
  ) throws -> String {
    let port = self["control"].split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    var settings = ConnectSettings()
    settings.proxy = ProxySettings(.off)
    let context = CallContext(deadline: .after(30_000_000_000, .network))
    let stream = try ByteStream.connect(
      to: Endpoint(host: "127.0.0.1", port: port), settings, context)
    defer { stream.close() }
    let request =
      "\(method) \(path) HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    try stream.write(Array(request.utf8).span, context, "asking the stand-in")
    let answer = String(
      decoding: try ByteCollector.all(of: StreamSource(stream, context), byteCountMax: 1 << 26),
      as: UTF8.self)
    let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
    try #require(answer.contains(" 200 "), "\(path): \(answer)")
    return parts.count > 1 ? parts[1] : ""
  }
}

/// A line read to its end.
private final class StreamSource: ByteSource {
  private let stream: ByteStream
  private let context: CallContext

  init(_ stream: ByteStream, _ context: CallContext) {
    self.stream = stream
    self.context = context
  }

  func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    try stream.read(into: &window, context, "waiting for the stand-in")
  }
}
