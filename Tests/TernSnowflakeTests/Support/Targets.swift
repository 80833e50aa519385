import TernCore
import TernDriver
import TernNet

@testable import TernSnowflake

/// Reads targets of the protocol; opening is what the tests do themselves.
enum TargetReader: Driver {
  static let grammar = SnowflakeOptions.grammar
  static let options = SnowflakeOptions.rows

  static func connect(
    to target: ConnectionTarget, _ context: CallContext
  ) throws(TernError) -> any Session { throw .unsupported("only read here") }

  static let registry = DriverRegistry([TargetReader.self]) { path throws(TernError) in
    try SmallFile.read(path)
  }

  static func target(_ text: String) throws -> ConnectionTarget {
    try ConnectionTarget(parsing: text, registry: registry)
  }
}

extension ScriptedService {
  /// A target that is this server, with further options.
  func target(_ options: String = "", user: String = "jane", password: String = "pw") throws
    -> ConnectionTarget
  {
    try TargetReader.target(
      "snowflake+http://\(user):\(password)@127.0.0.1:\(port)/DB/PUBLIC?account=acct&proxy=off"
        + (options.isEmpty ? "" : "&\(options)"))
  }

  /// Logs in.
  func open(
    _ options: String = "", user: String = "jane", password: String = "pw",
    _ surroundings: SnowflakeSurroundings = .quick, _ context: CallContext = patience
  ) throws -> SnowflakeOpener.Opened {
    try SnowflakeOpener(
      try target(options, user: user, password: password), surroundings
    ).open(context)
  }
}

extension SnowflakeSurroundings {
  /// No environment and no machine of a cloud's, and no pauses.
  static var quick: SnowflakeSurroundings {
    SnowflakeSurroundings(
      variable: { $0 == "AWS_EC2_METADATA_DISABLED" ? "true" : nil }, backoff: SnowflakeBackoff(shortest: 1_000, longest: 2_000))
  }
}
