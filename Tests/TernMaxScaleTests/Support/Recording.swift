import Foundation

/// One exchange with a real server.
struct Exchange: Sendable {
  let name: String
  let method: String
  let path: String
  let status: Int
  /// The text that was sent, if any.
  let request: String
  let body: [UInt8]

  /// The body as another parser reads it; nil for pages and bytes.
  var answer: [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
  }

  /// The results of a query, as another parser reads them.
  var results: [[String: Any]]? {
    let data = answer?["data"] as? [String: Any]
    return (data?["attributes"] as? [String: Any])?["results"] as? [[String: Any]]
  }

  var isQuery: Bool { (answer?["data"] as? [String: Any])?["type"] as? String == "queries" }
}

enum Recording {
  private static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/maxscale/maxscale-real-session.jsonl")

  /// All of them; the first line describes the setup.
  static let exchanges: [Exchange] = {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
      guard let object = object as? [String: Any] else { return nil }
      return Exchange(
        name: object["name"] as? String ?? "", method: object["method"] as? String ?? "",
        path: object["path"] as? String ?? "", status: object["status"] as? Int ?? 0,
        request: object["request_body"] as? String ?? "",
        body: Array((object["response_body"] as? String ?? "").utf8))
    }
  }()

  static func named(_ name: String) -> Exchange? { exchanges.first { $0.name == name } }
}
