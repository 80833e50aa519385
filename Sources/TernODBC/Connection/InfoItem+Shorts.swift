import Tern

// The answers of two bytes.
extension InfoItem {
  static let shorts: [InfoItem] = [
    short(0) { _ in 0 },
    short(1) { $0.server.allowsConcurrentResults ? 0 : 1 },
    short(9) { _ in 1 },
    short(12) { _ in 1 },
    short(15) { _ in 1 },
    short(22) { $0.server.concatIgnoresNull ? 1 : 0 },
    short(23) { cursorBehavior($0) },
    short(24) { cursorBehavior($0) },
    short(28) { $0.server.unquotedCase.rawValue },
    short(93) { $0.server.quotedCase.rawValue },
    short(30) { nameLength($0) },
    short(32) { $0.hasSchemas ? nameLength($0) : 0 },
    short(33) { nameLength($0) },
    short(34) { nameLength($0) },
    short(35) { nameLength($0) },
    short(10_005) { nameLength($0) },
    short(31) { _ in 128 },
    short(107) { _ in 128 },
    short(46) { $0.server.transactions.rawValue },
    short(74) { _ in 2 },
    short(75) { _ in 1 },
    short(84) { _ in 0 },
    short(85) { $0.server.nullOrder.rawValue },
    short(88) { $0.server.groupsFreely ? 3 : 2 },
    short(114) { $0.hasCatalogs ? 1 : 0 },
    short(116) { _ in 0 },
  ]

  /// `SQL_CB_PRESERVE`, or `SQL_CB_CLOSE`. The driver manager acts on it.
  private static func cursorBehavior(_ source: InfoSource) -> UInt16 {
    source.server.keepsResultsOverTransactionEnd ? 2 : 1
  }

  /// Never 0: programs size buffers with it.
  private static func nameLength(_ source: InfoSource) -> UInt16 {
    UInt16(clamping: max(1, source.server.identifierLengthMax))
  }
}
