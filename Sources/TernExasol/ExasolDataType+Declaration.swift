extension ExasolDataType {
  /// Reads a type as the system tables spell it: `DECIMAL(18,2)`, `VARCHAR(255) UTF8`,
  /// `TIMESTAMP(3) WITH LOCAL TIME ZONE`, `INTERVAL DAY(2) TO SECOND(3)`, `HASHTYPE(16 BYTE)`.
  ///
  /// What stands in no such form becomes the name of an unknown type.
  init(declaration text: String) {
    var words = ""
    var numbers: [Int64] = []
    var isInside = false
    var digits = ""
    for character in text {
      switch character {
      case "(":
        isInside = true
        digits = ""
      case ",", ")":
        if let number = Int64(digits) { numbers.append(number) }
        digits = ""
        isInside = character != ")"
      default:
        if isInside {
          if character.isNumber { digits.append(character) }
        } else {
          words.append(character)
        }
      }
    }
    self.init(words, numbers)
  }

  private init(_ words: String, _ numbers: [Int64]) {
    let name = words.split(separator: " ").joined(separator: " ")
    let bare = name.replacingSuffix(" UTF8", "").replacingSuffix(" ASCII", "")
    self.init(bare)
    isASCII = name.hasSuffix(" ASCII")
    let small = numbers.map { Int(clamping: $0) }
    switch bare {
    case "DECIMAL":
      precision = small.first
      scale = small.dropFirst().first ?? 0
    case "CHAR", "VARCHAR": size = numbers.first
    case "HASHTYPE": size = numbers.first.map { $0.multipliedReportingOverflow(by: 2).partialValue }
    case "GEOMETRY": srid = numbers.first
    case "INTERVAL DAY TO SECOND":
      precision = small.first
      fraction = small.dropFirst().first
    default: precision = small.first
    }
  }
}

extension String {
  fileprivate func replacingSuffix(_ suffix: String, _ replacement: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) + replacement : self
  }
}
