import Foundation
import Testing

/// One line of a conversation.
enum TranscriptStep: Equatable {
  case client(String)
  case server(String)
  case pong
}

/// A conversation of the reference's section 10, from its file beside the tests.
struct Transcript {
  var steps: [TranscriptStep]

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// Reads `Fixtures/<name>.txt`; `# login` stands for the first login and its attributes.
  init(_ name: String) throws {
    let file = Transcript.folder.appendingPathComponent(name + ".txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    steps = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# login") {
        steps += try Transcript("password-login").steps.prefix(6)
      } else if line.hasPrefix("S> (Pong") {
        steps.append(.pong)
      } else if line.hasPrefix("C> ") || line.hasPrefix("S> ") {
        let json = Transcript.json(line.dropFirst(3))
        steps.append(line.hasPrefix("C") ? .client(json) : .server(json))
      }
    }
    try #require(!steps.isEmpty, "\(name) holds no messages")
  }

  init(steps: [TranscriptStep]) { self.steps = steps }

  /// The login, and these steps after it.
  static func afterLogin(_ steps: [TranscriptStep]) throws -> Transcript {
    Transcript(steps: try Transcript("password-login").steps.prefix(6) + steps)
  }

  /// The line up to the end of its object; a remark may follow.
  private static func json(_ line: Substring) -> String {
    guard let end = line.lastIndex(of: "}") else { return String(line) }
    return String(line[...end])
  }

  /// Bytes that the server sends.
  var serverByteCount: Int {
    steps.reduce(0) { sum, step in
      guard case .server(let json) = step else { return sum }
      return sum + json.utf8.count
    }
  }

  /// Bytes that the server sends until the client is logged in and has its attributes.
  var loginByteCount: Int { Transcript(steps: Array(steps.prefix(6))).serverByteCount }
}
