import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernMaxScale

/// A stand-in server of these tests' own: faults and options of others would get in the way.
///
/// It ends with the pipe on its standard input, so with this process.
final class Standin: Sendable {
  let info: [String: String]
  private let input: Pipe

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let python = root.appendingPathComponent(".build/venv/bin/python").path

  /// `Tests/run.py` says where its own stand-in is; that it can run one is what counts here.
  static let isAvailable =
    ProcessInfo.processInfo.environment["TERN_TESTBED_MAXSCALE"] != nil
    && FileManager.default.isExecutableFile(atPath: python)

  static let shared = Result<Standin, any Error> { try Standin() }

  private init() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.python)
    process.arguments = ["-m", "testbed", "maxscale"]
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

  subscript(_ name: String) -> String { info[name] ?? "" }

  // MARK: - Control

  /// Faults of the next replies and connections, as JSON.
  func faults(_ rules: String) throws { _ = try control("POST", "/faults", rules) }

  func options(_ options: String) throws { _ = try control("POST", "/options", options) }

  func reset() throws { _ = try control("POST", "/reset", "{}") }

  /// The requests received, in order, as the stand-in logs them.
  func log() throws -> [[String: Any]] {
    let data = Data(try control("GET", "/log").utf8)
    return try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
  }

  func restart() throws { _ = try control("POST", "/restart", "{}") }

  /// Stops or starts the database server.
  func database(isRunning: Bool) throws {
    _ = try control("POST", "/database", #"{"running":\#(isRunning)}"#)
  }

  private func control(_ method: String, _ path: String, _ body: String = "") throws -> String {
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

  // MARK: - Connections

  static let registry = DriverRegistry([MaxScaleDriver.self]) { path throws(TernError) in
    try SmallFile.read(path)
  }

  /// Opens a connection in clear text to one of the two releases.
  func connect(
    _ options: String = "", at port: String = "port", target: String = "server1",
    token: CancelToken? = nil
  ) throws -> Connection {
    let text =
      "maxscale+http://tern:t3rn-pw@127.0.0.1:\(self[port])/shop?proxy=off&target=\(target)"
      + "&http_user=admin&http_password=mariadb" + (options.isEmpty ? "" : "&\(options)")
    return try Connection(
      try ConnectionTarget(parsing: text, registry: Self.registry),
      cancelToken: token ?? CancelToken())
  }

  /// The ports of the releases: with types, with a way to cancel, with UUIDs, and with neither.
  static let releases = ["port", "port2308", "port2208", "port64"]
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

extension Connection {
  /// Every row of a text's first result.
  func rows(_ sql: String) throws -> [[Value]] { try execute(sql).rows() }
}

extension ResultSet {
  func rows() throws -> [[Value]] {
    var rows: [[Value]] = []
    while let batch = try nextBatch() {
      for row in 0..<batch.rowCount { rows.append(try batch.row(row)) }
    }
    close()
    return rows
  }
}

/// All tests against the stand-in: one after the other, since faults are for whoever comes next.
@Suite(
  .serialized,
  .enabled(
    if: Standin.isAvailable,
    "no stand-in: TERN_TESTBED_MAXSCALE is not set or .build/venv is missing; use Tests/run.py"))
enum LiveTests {}
