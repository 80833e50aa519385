import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernMaxScale

extension Standin {
  static let shared = Result<Standin, any Error> { try Standin("maxscale") }

  func restart() throws { _ = try control("POST", "/restart", "{}") }

  /// Stops or starts the database server.
  func database(isRunning: Bool) throws {
    _ = try control("POST", "/database", #"{"running":\#(isRunning)}"#)
  }

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

/// All tests against the stand-in: one after the other, since faults are for whoever comes next.
@Suite(
  .serialized,
  .enabled(
    if: Standin.isAvailable("maxscale"),
    "no stand-in: TERN_TESTBED_MAXSCALE is not set or .build/venv is missing; use Tests/run.py"))
enum LiveTests {}
