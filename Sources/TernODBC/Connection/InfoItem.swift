import Tern

/// One answer of SQLGetInfo: its number, its width, and how it follows from what the server can do
/// (ODBC, SQLGetInfo; reference section "SQLGetInfo").
struct InfoItem: Sendable {
  /// A value with the width that callers expect.
  enum Value {
    case text(String)
    case short(UInt16)
    case long(UInt32)
  }

  /// The number, `SQL_…`.
  let id: UInt16
  /// The answer.
  let value: @Sendable (InfoSource) -> Value

  /// By number.
  static let all = Dictionary(
    (texts + shorts + longs + functionMasks + conversionMasks + unknownLimits).map {
      ($0.id, $0)
    }, uniquingKeysWith: { first, _ in first })

  /// What can be answered without a connection.
  static let early: Set<UInt16> = [2, 6, 7, 10, 77]

  /// The driver's own version, `##.##.####`.
  static let driverVersion = "01.00.0000"

  static func text(_ id: UInt16, _ value: @escaping @Sendable (InfoSource) -> String) -> InfoItem {
    InfoItem(id: id) { .text(value($0)) }
  }

  static func flag(_ id: UInt16, _ value: @escaping @Sendable (InfoSource) -> Bool) -> InfoItem {
    InfoItem(id: id) { .text(value($0) ? "Y" : "N") }
  }

  static func short(_ id: UInt16, _ value: @escaping @Sendable (InfoSource) -> UInt16) -> InfoItem {
    InfoItem(id: id) { .short(value($0)) }
  }

  static func long(_ id: UInt16, _ value: @escaping @Sendable (InfoSource) -> UInt32) -> InfoItem {
    InfoItem(id: id) { .long(value($0)) }
  }
}

extension ConnectionHandle {
  /// SQLGetInfo.
  func info(_ id: UInt16, _ value: Address, _ text: OutputText) throws(TernError) -> ReturnCode {
    guard let item = InfoItem.all[id] else {
      throw .usage("there is no information \(id)", .unknownInfo)
    }
    let link = link
    guard link != nil || InfoItem.early.contains(id) else {
      throw .usage("the connection is not open", .notConnected)
    }
    let source = InfoSource(
      server: link?.capabilities ?? Capabilities(), state: link?.state ?? SessionState(),
      dataSource: dataSource)
    switch item.value(source) {
    case .text(let content): try diagnostics.write(content, to: text)
    case .short(let number):
      value.store(number)
      text.writeLength(2)
    case .long(let number):
      value.store(number)
      text.writeLength(4)
    }
    return .success
  }
}
