/// Tells names and addresses from text that is neither.
enum HostName {
  /// What is wrong with a host, for an error text; nil if it may be looked up.
  static func fault(in name: String, isBracketed: Bool) -> String? {
    if isBracketed { return nil }
    guard !name.isEmpty else { return "is empty" }
    let bytes = Array(name.utf8)
    guard bytes.count <= 253 else { return "is longer than 253 characters" }
    guard bytes.allSatisfy(isNameByte) else {
      return "has a character that no host name has (an IPv6 address goes in brackets, an"
        + " international name in its xn-- form)"
    }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let isComplete = labels.enumerated().allSatisfy { index, label in
      !label.isEmpty || (index == labels.count - 1 && index > 0)
    }
    guard isComplete else { return "has an empty part between its dots" }
    guard labels.allSatisfy({ $0.utf8.count <= 63 }) else {
      return "has a part of more than 63 characters between its dots"
    }
    if labels.allSatisfy({ $0.utf8.allSatisfy(OptionValue.isDigit) }), !isIPv4(name) {
      return "is no IPv4 address"
    }
    return nil
  }

  /// Whether `name` is four numbers up to 255 with dots between them.
  static func isIPv4(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { $0.utf8.count <= 3 && OptionValue.count(String($0)) ?? 256 <= 255 }
  }

  /// Whether `text` is an IPv6 address, with a zone (`%eth0`) perhaps.
  static func isIPv6(_ text: Substring) -> Bool {
    let address = text.prefix { $0 != "%" }
    let zone = text.dropFirst(address.count)
    guard zone.isEmpty || zone.utf8.count > 1, zone.dropFirst().utf8.allSatisfy(isNameByte)
    else { return false }
    let halves = halvesAtDoubleColon(address)
    guard halves.count <= 2 else { return false }
    var groupCount = 0
    for (index, half) in halves.enumerated() {
      guard let count = groups(half, mayEndInIPv4: index == halves.count - 1) else { return false }
      groupCount += count
    }
    return halves.count == 2 ? groupCount <= 7 : groupCount == 8
  }

  /// The 16-bit groups of a part of an IPv6 address; nil if one is malformed.
  private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
    guard !text.isEmpty else { return 0 }
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var count = parts.count
    if mayEndInIPv4, let last = parts.last, isIPv4(String(last)) {
      parts.removeLast()
      count += 1
    }
    let isWellFormed = parts.allSatisfy { part in
      (1...4).contains(part.utf8.count) && part.utf8.allSatisfy { Percent.nibble($0) != nil }
    }
    return isWellFormed ? count : nil
  }

  /// What stands before and behind each `::`.
  private static func halvesAtDoubleColon(_ text: Substring) -> [Substring] {
    var halves: [Substring] = []
    var rest = text
    var index = rest.startIndex
    while let colon = rest[index...].firstIndex(of: ":") {
      index = rest.index(after: colon)
      guard index < rest.endIndex, rest[index] == ":" else { continue }
      halves.append(rest[..<colon])
      rest = rest[index...].dropFirst()
      index = rest.startIndex
    }
    return halves + [rest]
  }

  /// Letters, digits, `-`, `.` and the `_` that names in private networks have.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: false
    }
  }
}
