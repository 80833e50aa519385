import Tern

/// What the answers of SQLGetInfo are made of.
struct InfoSource {
  /// What the server can do.
  let server: Capabilities
  /// What changes while the session lives.
  let state: SessionState
  /// The data source's name, `""` without one.
  let dataSource: String

  /// Whether the server has catalogs that SQL can name.
  var hasCatalogs: Bool { !server.catalogTerm.isEmpty }
  /// Whether the server has schemas.
  var hasSchemas: Bool { !server.schemaTerm.isEmpty }

  /// The version as `##.##.####`, a blank, and the server's own text.
  var version: String {
    var numbers = server.productVersion.split(whereSeparator: { !$0.isNumber }).map(String.init)
    numbers += ["0", "0", "0"]
    let (major, minor, patch) = (numbers[0], numbers[1], numbers[2])
    let padded = [pad(major, 2), pad(minor, 2), pad(patch, 4)].joined(separator: ".")
    return server.productVersion.isEmpty ? padded : "\(padded) \(server.productVersion)"
  }

  private func pad(_ digits: String, _ count: Int) -> String {
    String(repeating: "0", count: max(0, count - digits.count)) + digits
  }

  /// Bits of the scalar functions that the dialect has, natively or by another name.
  func functions(_ bits: [(String, UInt32)]) -> UInt32 {
    let dialect = server.dialect
    return bits.reduce(0) { sum, entry in
      let (name, bit) = entry
      let isKnown =
        dialect.functions.contains(name)
        || dialect.functionTemplates.keys.contains { $0 == name || $0.hasPrefix(name + "/") }
      return isKnown ? sum | bit : sum
    }
  }

  /// Bits of the intervals that TIMESTAMPADD and TIMESTAMPDIFF take.
  func intervals(_ function: String) -> UInt32 {
    guard server.dialect.functionTemplates[function] != nil
      || server.dialect.functions.contains(function)
    else { return 0 }
    return InfoItem.timestampUnits.reduce(0) { sum, entry in
      server.dialect.timestampUnits[entry.0] == nil ? sum : sum | entry.1
    }
  }

  /// Bits of the types that a `CAST` from a type reaches; 0 where the server has no such type.
  func conversions(from name: String, _ bits: UInt32) -> UInt32 {
    guard server.dialect.castTypes[name] != nil else { return 0 }
    return server.hasTimeType ? bits : bits & ~0x1_0000
  }
}
