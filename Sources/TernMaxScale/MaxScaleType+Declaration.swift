internal import TernCore

extension MaxScaleType {
  /// The type of a declaration, as `SHOW COLUMNS` and the catalog spell it: `decimal(10,2)
  /// unsigned`, `varchar(20)`, `enum('a','b')`.
  init(declaration: String) {
    self.declaration = declaration
    let lowered = declaration.lowercased()
    let word = String(lowered.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    self.word = word.uppercased()
    let rest = lowered.dropFirst(word.count).drop { $0 == " " }
    isUnsigned = Self.hasWord("unsigned", rest) || Self.hasWord("zerofill", rest)
    kind = Self.declaredKinds[word] ?? .other
    if kind == .enumeration || kind == .set {
      setMembers(declaration)
    } else {
      let numbers = Self.numbers(rest)
      length = numbers.first ?? Self.lengths[word] ?? 0
      scale = numbers.count > 1 ? numbers[1] : 0
    }
    switch kind {
    case .time, .datetime, .timestamp: (scale, length) = (length, 0)
    case .decimal: if length == 0 { length = 10 }
    case .bit, .char, .binary: if length == 0 { length = 1 }
    case .float, .double: scale = 0
    default: break
    }
  }

  /// By the first word of a declaration.
  private static let declaredKinds: [String: Kind] = [
    "tinyint": .tinyint, "smallint": .smallint, "mediumint": .mediumint, "int": .int,
    "bigint": .bigint, "decimal": .decimal, "float": .float, "double": .double, "bit": .bit,
    "date": .date, "time": .time, "datetime": .datetime, "timestamp": .timestamp,
    "year": .year, "char": .char, "varchar": .varchar, "tinytext": .text, "text": .text,
    "mediumtext": .text, "longtext": .text, "json": .json, "binary": .binary,
    "varbinary": .varbinary, "tinyblob": .blob, "blob": .blob, "mediumblob": .blob,
    "longblob": .blob, "enum": .enumeration, "set": .set, "uuid": .uuid, "inet4": .inet4,
    "inet6": .inet6, "geometry": .geometry, "point": .geometry, "linestring": .geometry,
    "polygon": .geometry, "multipoint": .geometry, "multilinestring": .geometry,
    "multipolygon": .geometry, "geometrycollection": .geometry, "null": .null,
  ]

  /// Of types that are declared without one, as results tell them.
  private static let lengths: [String: Int64] = [
    "tinytext": 255, "text": 65_535, "mediumtext": 16_777_215, "longtext": 1_073_741_823,
    "tinyblob": 255, "blob": 65_535, "mediumblob": 16_777_215, "longblob": 4_294_967_295,
    "json": 1_073_741_823, "uuid": 36, "inet6": 39, "inet4": 15,
  ]

  /// Whether a word stands among others.
  private static func hasWord(_ word: String, _ text: Substring) -> Bool {
    text.split { !$0.isLetter }.contains { $0 == word }
  }

  /// The numbers in brackets at the start.
  private static func numbers(_ text: Substring) -> [Int64] {
    guard text.first == "(" else { return [] }
    return text.dropFirst().prefix { $0 != ")" }.split(separator: ",").compactMap {
      Int64($0.filter { $0 != " " })
    }
  }

  /// The longest member of an ENUM, or all members of a SET with commas between.
  private mutating func setMembers(_ declaration: String) {
    var lengths: [Int64] = []
    var current: Int64?
    var characters = declaration.drop { $0 != "(" }.dropFirst()
    while let character = characters.popFirst() {
      if character == "'" {
        if current == nil {
          current = 0
        } else if characters.first == "'" {
          characters.removeFirst()
          current = (current ?? 0) + 1
        } else {
          lengths.append(current ?? 0)
          current = nil
        }
      } else if let count = current {
        current = count + Int64(character.unicodeScalars.count)
      }
    }
    length =
      kind == .set
      ? lengths.reduce(0, +) + Int64(max(0, lengths.count - 1)) : lengths.max() ?? 0
  }
}
