/// A server's version, as far as it says one.
struct AvaticaVersion: Comparable, Sendable {
  let major: Int
  let minor: Int

  init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// From `databaseProperties`: servers from 1.8 on say it, as `1.29.0-SNAPSHOT`. Without a word a
  /// server that has properties is older, and one that has none is of a kind of its own and new.
  init(_ properties: [String: String]) {
    let parts = (properties["AVATICA_VERSION"] ?? "").split(separator: ".")
    let numbers = parts.prefix(2).compactMap { part in Int(part.prefix { $0.isNumber }) }
    if numbers.count == 2 {
      self.init(numbers[0], numbers[1])
    } else {
      self.init(1, properties.isEmpty ? 99 : 7)
    }
  }

  static func < (left: AvaticaVersion, right: AvaticaVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}
