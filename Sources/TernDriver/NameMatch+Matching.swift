extension NameMatch {
  /// Whether `name` is one of those meant, compared by code points.
  public func matches(_ name: String) -> Bool {
    switch self {
    case .any: true
    case .exact(let wanted): wanted.unicodeScalars.elementsEqual(name.unicodeScalars)
    case .pattern(let pattern): NameMatch.like(name, pattern)
    }
  }

  /// Whether the match leaves nothing out.
  public var isEverything: Bool {
    switch self {
    case .any: true
    case .exact: false
    case .pattern(let pattern): !pattern.isEmpty && pattern.utf8.allSatisfy { $0 == 0x25 }
    }
  }

  /// Whether it stands for objects that have no such qualifier: ODBC's empty string.
  public var isEmpty: Bool {
    switch self {
    case .any: false
    case .exact(let text), .pattern(let text): text.isEmpty
    }
  }

  /// The match as a LIKE pattern with `\` as the escape; nil for every name.
  public var likePattern: String? {
    switch self {
    case .any: nil
    case .pattern(let pattern): pattern
    case .exact(let name): NameMatch.escaped(name)
    }
  }

  /// `name` as a pattern that only matches itself.
  public static func escaped(_ name: String) -> String {
    var pattern = ""
    for scalar in name.unicodeScalars {
      if scalar == "%" || scalar == "_" || scalar == "\\" { pattern += "\\" }
      pattern.unicodeScalars.append(scalar)
    }
    return pattern
  }

  /// SQL's LIKE with `\` as the escape. Linear in the name for each `%`.
  private static func like(_ name: String, _ pattern: String) -> Bool {
    let text = Array(name.unicodeScalars)
    let tokens = LikeToken.tokens(pattern)
    var (at, next) = (0, 0)
    var retry: (at: Int, next: Int)?
    while at < text.count {
      if next < tokens.count, tokens[next] == .many {
        next += 1
        retry = (at, next)
      } else if next < tokens.count, tokens[next].matches(text[at]) {
        at += 1
        next += 1
      } else if let last = retry {
        retry = (last.at + 1, last.next)
        (at, next) = (last.at + 1, last.next)
      } else {
        return false
      }
    }
    return tokens[next...].allSatisfy { $0 == .many }
  }
}

/// One element of a LIKE pattern.
private enum LikeToken: Equatable {
  case one, many
  case literal(Unicode.Scalar)

  func matches(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .one, .many: true
    case .literal(let wanted): wanted == scalar
    }
  }

  /// A trailing lone escape stands for itself.
  static func tokens(_ pattern: String) -> [LikeToken] {
    var tokens: [LikeToken] = []
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if isEscaped {
        tokens.append(.literal(scalar))
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        tokens.append(scalar == "%" ? .many : scalar == "_" ? .one : .literal(scalar))
      }
    }
    return isEscaped ? tokens + [.literal("\\")] : tokens
  }
}
