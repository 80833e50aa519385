import TernCore

// Error texts: they name the option and what is allowed, and never repeat what may be a secret.
extension ConnectionTarget {
  /// The error for a name that no option has.
  func unknown(_ name: String, isNameSafe: Bool) -> TernError {
    let near = table.nearest(to: name)
    guard isNameSafe, ConnectionTarget.isQuotable(name), !registry.isSecretName(name) else {
      let hint = near.map { " (the nearest option is \($0))" } ?? ""
      return .usage(
        "unknown option\(hint); if it is the rest of a value, write & as %26 in a URI, or put"
          + " braces around the value in a keyword string", .unknownOption)
    }
    if let driver, let owner = registry.owner(of: name) {
      return .usage(
        "option \(name) belongs to \(owner); this target is for \(driver.grammar.scheme)",
        .unknownOption)
    }
    let hint = near.map { "; did you mean \($0)?" } ?? ""
    return .usage("unknown option \(name)\(hint)", .unknownOption)
  }

  /// The error for a value that the option's type does not allow.
  func badValue(_ text: String, of row: OptionDefinition) -> TernError {
    let isShown = row.type.isQuotable && !row.isSecret && ConnectionTarget.isQuotable(text)
    return .usage(
      "option \(row.name): \(isShown ? "'\(text)' is not allowed" : "the value is not allowed");"
        + " allowed: \(row.type.allowed)", .invalidOptionValue)
  }

  /// The error for a vendor's keyword with a value that the vendor does not have.
  func badVendorValue(_ keyword: VendorKeyword, _ allowed: String) -> TernError {
    .usage(
      "keyword \(keyword.keyword): the value is not allowed; allowed: \(allowed)",
      .invalidOptionValue)
  }

  /// The error for a scheme that no driver has.
  func unknownScheme(_ scheme: String) -> TernError {
    let schemes = registry.schemes
    let near = NearestName.find(scheme, among: schemes).map { "; did you mean \($0)?" } ?? ""
    let shown = ConnectionTarget.isQuotable(scheme) ? " \(scheme)" : ""
    return .usage(
      "unknown protocol\(shown)\(near) (known: \(schemes.joined(separator: ", ")))",
      .invalidOptionValue)
  }

  /// Whether a text looks like a name or a number: short, without what passwords are joined by.
  static func isQuotable(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 40
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: " "),
          UInt8(ascii: "+"):
          true
        default: false
        }
      }
  }
}
