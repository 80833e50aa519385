import Foundation

/// Compares requests by what they mean: member order, absent and null members, `1` and `"1"` and
/// `1.0` are the same to a server; what describes the client differs from client to client.
enum JSONComparison {
  private static let clientFacts: Set<String> = [
    "password", "clientName", "clientVersion", "driverName", "clientOs", "clientOsUsername",
    "clientRuntime", "clientLanguage", "numBytes",
  ]

  static func object(_ text: String) -> [String: Any]? {
    let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
    return value as? [String: Any]
  }

  /// nil when the two mean the same, else what is different.
  static func difference(_ sent: String, _ expected: String) -> String? {
    guard let sent = object(sent), let expected = object(expected) else { return "no object" }
    // The third login message has no command; its attributes are each client's own choice.
    let isLogin = expected["command"] == nil
    let keys = Set(sent.keys).union(expected.keys).subtracting(clientFacts)
    for key in keys.sorted() where !(isLogin && key == "attributes") {
      let (left, right) = (plain(sent[key]), plain(expected[key]))
      if left != right { return "\(key): \(left) instead of \(right)" }
    }
    return nil
  }

  private static func plain(_ value: Any?) -> String {
    switch value {
    // Before the texts: a number of a decimal column may come either way.
    case nil, is NSNull: return "null"
    case let text as String:
      guard text.utf8.count < 16, let number = Double(text) else { return text }
      return "\(number)"
    case let number as NSNumber:
      return number.doubleValue.magnitude < 1e15 ? "\(number.doubleValue)" : number.stringValue
    case let list as [Any]: return "[" + list.map(plain).joined(separator: ",") + "]"
    case let object as [String: Any]:
      let members = object.filter { !($0.value is NSNull) && $0.key != "name" }
      return "{"
        + members.sorted { $0.key < $1.key }.map { "\($0.key)=\(plain($0.value))" }
        .joined(separator: ",") + "}"
    default: return "?"
    }
  }
}
