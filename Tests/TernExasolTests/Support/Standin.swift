import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernExasol

extension Standin {
  static let shared = Result<Standin, any Error> { try Standin("exasol", ["--nodes", "3"]) }

  /// The commands received, in order.
  func commands() throws -> [String] {
    try log().map { entry in
      let message = entry["message"] as? [String: Any]
      return message?["command"] as? String ?? "credentials"
    }
  }

  /// The requests of one command, in order, without blanks and with sorted members.
  func requests(_ command: String) throws -> [String] {
    try log().compactMap { entry in
      guard let message = entry["message"] as? [String: Any] else { return nil }
      guard (message["command"] as? String ?? "credentials") == command else { return nil }
      let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
      let bytes = try JSONSerialization.data(withJSONObject: message, options: options)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  func count(_ name: String) throws -> Int {
    JSONComparison.object(try control("GET", "/connections"))?[name] as? Int ?? -1
  }

  /// The paths that WebSockets were opened with.
  func paths() throws -> [String] {
    JSONComparison.object(try control("GET", "/connections"))?["paths"] as? [String] ?? []
  }

  static let registry = DriverRegistry([ExasolDriver.self]) { path throws(TernError) in
    try SmallFile.read(path)
  }

  /// Opens a connection in clear text unless `uri` says otherwise.
  func connect(
    _ options: String = "", at port: String = "port", uri: String = "", token: CancelToken? = nil
  ) throws -> Connection {
    let plain = "exasol+ws://SYS:exasol@127.0.0.1:\(self[port])?proxy=off"
    let text = uri.isEmpty ? plain : uri
    let separator = options.isEmpty ? "" : text.contains("?") ? "&" : "?"
    let target = try ConnectionTarget(
      parsing: text + separator + options, registry: Self.registry)
    return try Connection(target, cancelToken: token ?? CancelToken())
  }
}

extension Value {
  static func whole(_ number: Int128) -> Value { .decimal(DecimalValue(unscaled: number)) }
}

/// All tests against the stand-in: one after the other, since faults are for whoever comes next.
@Suite(
  .serialized,
  .enabled(
    if: Standin.isAvailable("exasol"),
    "no stand-in: TERN_TESTBED_EXASOL is not set or .build/venv is missing; use Tests/run.py"))
enum LiveTests {}
