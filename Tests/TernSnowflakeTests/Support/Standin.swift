import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

@testable import TernSnowflake

extension Standin {
  static let shared = Result<Standin, any Error> { try Standin("snowflake") }

  static let registry = DriverRegistry([SnowflakeDriver.self]) { path throws(TernError) in
    try SmallFile.read(path)
  }

  /// The password of the stand-in's plain user.
  var password: String { self["users.TERN"] }

  /// Opens a connection in clear text.
  func connect(_ options: String = "", token: CancelToken? = nil) throws -> Connection {
    try Connection(try target(options), cancelToken: token ?? CancelToken())
  }

  /// Opens a session without a connection around it.
  func session(_ options: String = "") throws -> SnowflakeSession {
    let session = try SnowflakeDriver.connect(to: try target(options), patience)
    return try #require(session as? SnowflakeSession)
  }

  private func target(_ options: String) throws -> ConnectionTarget {
    let text =
      "snowflake+http://TERN:\(password)@127.0.0.1:\(self["port"])/\(self["database"])/"
      + "\(self["schema"])?proxy=off&account=\(self["account"])&warehouse=\(self["warehouse"])"
      + (options.isEmpty ? "" : "&\(options)")
    return try ConnectionTarget(parsing: text, registry: Self.registry)
  }
}

/// All tests against the stand-in: one after the other, since faults are for whoever comes next.
@Suite(
  .serialized,
  .enabled(
    if: Standin.isAvailable("snowflake"),
    "no stand-in: TERN_TESTBED_SNOWFLAKE is not set or .build/venv is missing; use Tests/run.py"))
enum LiveTests {}
