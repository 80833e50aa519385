/// The header fields of one HTTP message, in order; names compare without regard to case.
public struct HTTPHeaders: Sendable, Hashable {
  /// Name and value, as sent or received.
  public struct Field: Sendable, Hashable {
    /// As spelled by the sender.
    public let name: String
    /// Without white space at its ends.
    public let value: String
  }

  /// All fields.
  public private(set) var fields: [Field] = []

  /// No fields.
  public init() {}

  /// Fields in the order given.
  public init(_ fields: [(String, String)]) {
    for (name, value) in fields { add(name, value) }
  }

  /// Appends a field, beside others of the name.
  public mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// Replaces all fields of the name by one.
  public mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  /// Removes all fields of the name.
  public mutating func remove(_ name: String) {
    fields.removeAll { Self.isSame($0.name, name) }
  }

  /// The first value under the name.
  public subscript(_ name: String) -> String? {
    fields.first { Self.isSame($0.name, name) }?.value
  }

  /// Every value under the name, for fields such as `Set-Cookie`.
  public func all(_ name: String) -> [String] {
    fields.filter { Self.isSame($0.name, name) }.map(\.value)
  }

  /// Whether a comma-separated field holds `token`, compared without regard to case.
  public func has(_ name: String, token: String) -> Bool {
    tokens(name).contains { Self.isSame($0, token) }
  }

  /// The elements of a comma-separated field, over all fields of the name.
  public func tokens(_ name: String) -> [String] {
    all(name).flatMap { value in
      value.utf8.split(separator: UInt8(ascii: ",")).map { HTTPText.trimmed($0) }
    }.filter { !$0.isEmpty }
  }

  static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
  }
}
