/// What an application set on a connection, kept for reading it back, for connecting, and as what
/// new statements start with.
struct ConnectionAttributes {
  /// Integer attributes by number.
  var numbers: [Int32: UInt] = [:]
  /// The catalog to begin in.
  var catalog: String?

  /// An integer attribute, or its default.
  subscript(_ attribute: Int32, default value: UInt) -> UInt { numbers[attribute] ?? value }
}
