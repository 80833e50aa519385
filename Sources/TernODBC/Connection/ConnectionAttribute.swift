import Tern

/// One attribute of connections (ODBC, SQLSetConnectAttr; reference section "Connection").
struct ConnectionAttribute: Sendable {
  /// How a value travels.
  enum Value {
    case number(UInt)
    case text(String)
  }

  /// What the caller's variable is.
  enum Width { case bits32, pointer, text }

  typealias Get = @Sendable (ConnectionHandle) throws(TernError) -> Value
  typealias Set = @Sendable (ConnectionHandle, Value) throws(TernError) -> Void

  let width: Width
  let get: Get
  /// nil: read-only.
  let set: Set?

  /// By `SQL_ATTR_…`.
  static let all: [Int32: ConnectionAttribute] = {
    var rows = own
    for id in [0, 1, 2, 3, 5, 6, 7, 8, 9, 11] as [Int32] { rows[id] = kept(id) }
    for id in [4, 12, 117, 119, 120, 121] as [Int32] { rows[id] = onlyOff }
    for id in [1_207, 1_208] as [Int32] { rows[id] = onlyOff }
    return rows
  }()

  /// `SQL_ATTR_…` numbers that are used by name elsewhere.
  static let accessMode: Int32 = 101
  static let autocommit: Int32 = 102
  static let loginTimeout: Int32 = 103
  static let isolation: Int32 = 108
  static let connectionTimeout: Int32 = 113
  static let packetSize: Int32 = 112
  static let metadataID: Int32 = 10_014

  private static let own: [Int32: ConnectionAttribute] = [
    accessMode: ConnectionAttribute(width: .bits32) { handle throws(TernError) in
      let isReadOnly = handle.link?.state.isReadOnly ?? false
      return .number(handle.attributes[accessMode, default: isReadOnly ? 1 : 0])
    } set: { handle, value throws(TernError) in
      try handle.setAccessMode(try flag(value))
    },
    autocommit: ConnectionAttribute(width: .bits32) { handle throws(TernError) in
      guard let link = handle.link else {
        return .number(handle.attributes[autocommit, default: 1])
      }
      return .number(link.state.isAutocommit ? 1 : 0)
    } set: { handle, value throws(TernError) in
      try handle.setAutocommit(try flag(value))
    },
    loginTimeout: kept(loginTimeout),
    connectionTimeout: ConnectionAttribute(width: .bits32) { handle throws(TernError) in
      .number(handle.attributes[connectionTimeout, default: 0])
    } set: { handle, value throws(TernError) in
      handle.setConnectionTimeout(try number(value))
    },
    packetSize: ConnectionAttribute(width: .bits32) { handle throws(TernError) in
      .number(handle.attributes[packetSize, default: 0])
    } set: { handle, value throws(TernError) in
      guard handle.link == nil else {
        throw .usage("the packet size is set before connecting", .attributeLocked)
      }
      handle.attributes.numbers[packetSize] = try number(value)
    },
    isolation: ConnectionAttribute(width: .bits32) { handle throws(TernError) in
      .number(handle.isolation)
    } set: { handle, value throws(TernError) in
      try handle.setIsolation(try number(value))
    },
    109: ConnectionAttribute(width: .text) { handle throws(TernError) in
      .text(handle.link?.state.catalog ?? handle.attributes.catalog ?? "")
    } set: { handle, value throws(TernError) in
      try handle.setCatalog(value)
    },
    1_209: ConnectionAttribute(width: .bits32) { handle throws(TernError) in
      .number(handle.link?.isAlive ?? false ? 0 : 1)
    } set: { _, _ throws(TernError) in throw readOnly },
    115: kept(115),
    116: ConnectionAttribute(width: .bits32) { _ throws(TernError) in .number(0) } set: {
      handle, value throws(TernError) in
      guard try number(value) == 1 else {
        throw .usage("SQL_ATTR_RESET_CONNECTION can only be 1", .invalidOptionValue)
      }
      try handle.reset()
    },
    metadataID: kept(metadataID),
    10_001: ConnectionAttribute(width: .bits32) { handle throws(TernError) in
      .number(handle.link?.capabilities.describesParameters ?? false ? 1 : 0)
    } set: { _, _ throws(TernError) in throw readOnly },
    111: ConnectionAttribute(width: .pointer) { handle throws(TernError) in
      .number(handle.attributes[111, default: 0])
    } set: { handle, value throws(TernError) in
      handle.attributes.numbers[111] = try number(value)
    },
    106: ConnectionAttribute(width: .text) { _ throws(TernError) in .text("") } set: {
      _, _ throws(TernError) in throw .unsupported("there are no translation libraries")
    },
    107: onlyOff,
    114: kept(114),
  ]

  /// Remembered and given back.
  private static func kept(_ id: Int32) -> ConnectionAttribute {
    ConnectionAttribute(width: .bits32) { handle throws(TernError) in
      .number(handle.attributes[id, default: 0])
    } set: { handle, value throws(TernError) in
      handle.attributes.numbers[id] = try number(value)
    }
  }

  /// 0 is all there is.
  private static let onlyOff = ConnectionAttribute(width: .bits32) { _ throws(TernError) in
    .number(0)
  } set: { _, value throws(TernError) in
    guard try number(value) == 0 else {
      throw .unsupported("this attribute can only be off")
    }
  }

  static let readOnly = TernError.usage("the attribute is read-only", .unknownOption)

  private static func number(_ value: Value) throws(TernError) -> UInt {
    guard case .number(let number) = value else { throw .internal("a text for a number") }
    return number
  }

  private static func flag(_ value: Value) throws(TernError) -> Bool {
    switch try number(value) & 0xFFFF_FFFF {
    case 0: return false
    case 1: return true
    default: throw .usage("the attribute is 0 or 1", .invalidOptionValue)
    }
  }
}
