import Foundation

/// One exchange with a real server.
struct Exchange {
  let name: String
  let status: Int
  let group: String
  let server: String
  let request: [String: Any]?
  /// In protobuf: the class and the text form of both messages, and the request's bytes.
  var requestClass = ""
  var requestText = ""
  var responseClass = ""
  var responseText = ""
  var requestBody: [UInt8] = []
  let body: [UInt8]

  /// The body as another parser reads it; nil for pages and bytes.
  var answer: [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
  }
}

enum Recording {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/avatica")

  static func exchanges(_ file: String) throws -> [Exchange] {
    let url = folder.appendingPathComponent(file)
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      let request = (object["request"] as? String).flatMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
      let text = { (key: String) in object[key] as? String ?? "" }
      let raw = (object["responseBase64"] as? String).flatMap { Data(base64Encoded: $0) }
      return Exchange(
        name: object["name"] as? String ?? "", status: object["status"] as? Int ?? 0,
        group: text("group"), server: text("server"), request: request,
        requestClass: text("requestMessage").components(separatedBy: "$").last ?? "",
        requestText: text("requestText"),
        responseClass: text("responseMessage").components(separatedBy: "$").last ?? "",
        responseText: text("responseText"),
        requestBody: Data(base64Encoded: text("requestBase64")).map { Array($0) } ?? [],
        body: raw.map { Array($0) } ?? Array((object["response"] as? String ?? "").utf8))
    }
  }
}
