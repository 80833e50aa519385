import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet

@testable import TernSnowflake

/// Files that tests read: those of the project, and genuine traffic where a machine has it.
enum Fixtures {
  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The lines of a file of ours, as another parser reads them.
  static func lines(_ name: String) -> [[String: Any]] {
    lines(tests.appendingPathComponent("Fixtures/snowflake/\(name)"))
  }

  static func lines(_ file: URL) -> [[String: Any]] {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
    }
  }

  /// A store that no test asks for anything.
  static let noStore = SnowflakeStore(
    HTTPClient(ConnectSettings()), networkTimeout: 1, requiresEncryption: false)

  /// The rows of an answer that has them inline.
  static func pages(
    _ answer: SnowflakeAnswer, _ types: SnowflakeTypeOptions = SnowflakeTypeOptions(),
    _ options: ExecutionOptions = ExecutionOptions()
  ) throws(TernError) -> SnowflakePages {
    try SnowflakePages(answer, types, options, noStore)
  }

  /// Genuine answers of the service, which are not ours to copy: a folder that
  /// `TERN_SNOWFLAKE_REAL` names, or the one beside the project.
  static let real: URL? = {
    let beside = tests.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/protocols/snowflake-real").path
    let names = [ProcessInfo.processInfo.environment["TERN_SNOWFLAKE_REAL"], beside]
    return names.compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/index.md")
    }
    .map { URL(fileURLWithPath: $0) }
  }()
}

extension SnowflakeAnswer {
  /// Reads the `data` of a body, whose place is found here.
  init(body: [UInt8]) throws(TernError) {
    let reader = try JSONReader(body)
    var range = 0..<0
    try reader.forEachKey { (name) throws(TernError) in
      guard name == "data" else { return try reader.skip() }
      _ = try reader.peek()
      let start = reader.offset
      try reader.skip()
      range = start..<reader.offset
    }
    try reader.finish()
    try self.init(body, data: range)
  }

  /// The same of an object, written by another writer.
  init(object: Any) throws {
    try self.init(body: Array(try JSONSerialization.data(withJSONObject: object)))
  }

  /// The bytes of `range`.
  func text(_ range: Range<Int>?) -> String? {
    range.map { String(decoding: body[$0], as: UTF8.self) }
  }
}
