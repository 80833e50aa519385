import Tern

/// One attribute of statements: an integer of eight bytes or a pointer (ODBC, SQLSetStmtAttr;
/// reference section "Statement"). Those that are descriptor fields have no cell of their own.
struct StatementAttribute: Sendable {
  typealias Get = @Sendable (StatementHandle) throws(TernError) -> UInt
  typealias Set = @Sendable (StatementHandle, UInt) throws(TernError) -> Void

  let get: Get
  let set: Set

  /// By `SQL_ATTR_…`.
  static let all: [Int32: StatementAttribute] =
    settings.merging(cells) { first, _ in first }.merging(handles) { first, _ in first }

  private static let settings: [Int32: StatementAttribute] = [
    0: StatementAttribute { $0.settings.queryTimeout } set: { statement, value in
      statement.settings.queryTimeout = value
    },
    1: StatementAttribute { $0.settings.rowCountMax } set: { $0.settings.rowCountMax = $1 },
    2: setting(\.noScan, [0, 1]),
    3: StatementAttribute { $0.settings.byteCountMax } set: { $0.settings.byteCountMax = $1 },
    4: onlyOff,
    6: StatementAttribute { $0.settings.cursorType } set: { statement, value throws(TernError) in
      try statement.setCursorType(value)
    },
    7: degrading(\.concurrency, to: 1, known: 1...4),
    8: StatementAttribute { $0.settings.keysetSize } set: { statement, value in
      if value != 0 { statement.degraded("the keyset size", to: 0) }
    },
    9: StatementAttribute { $0.settings.rowsetSize } set: { statement, value throws(TernError) in
      guard value > 0 else { throw badValue(9, value) }
      statement.settings.rowsetSize = value
    },
    10: degrading(\.simulateCursor, to: 0, known: 0...2),
    11: setting(\.retrieveData, [0, 1]),
    12: onlyOff,
    14: StatementAttribute { statement throws(TernError) in
      try UInt(clamping: statement.opened().rowNumber)
    } set: { _, _ throws(TernError) in throw ConnectionAttribute.readOnly },
    15: setting(\.enableAutoIPD, [0, 1]),
    16: StatementAttribute { $0.settings.bookmark } set: { $0.settings.bookmark = $1 },
    29: onlyOff,
    -1: StatementAttribute { $0.settings.cursorType == StatementSettings.static ? 1 : 0 } set: {
      statement, value throws(TernError) in
      guard value <= 1 else { throw badValue(-1, value) }
      try statement.setCursorType(value == 1 ? StatementSettings.static : 0)
    },
    -2: StatementAttribute { $0.settings.cursorSensitivity } set: {
      statement, value throws(TernError) in
      guard value <= 2 else { throw badValue(-2, value) }
      guard value < 2 else { throw .unsupported("there are no sensitive cursors") }
      statement.settings.cursorSensitivity = value
    },
    ConnectionAttribute.metadataID: setting(\.metadataID, [0, 1]),
  ]

  private static let cells: [Int32: StatementAttribute] = [
    5: StatementAttribute { UInt(bitPattern: $0.ard.header.bindType) } set: {
      $0.ard.header.bindType = Int(bitPattern: $1)
    },
    17: pointer({ $0.apd }, \.bindOffset),
    18: StatementAttribute { UInt(bitPattern: $0.apd.header.bindType) } set: {
      $0.apd.header.bindType = Int(bitPattern: $1)
    },
    19: pointer({ $0.apd }, \.arrayStatus),
    20: pointer({ $0.ipd }, \.arrayStatus),
    21: pointer({ $0.ipd }, \.rowsProcessed),
    22: size { $0.apd },
    23: pointer({ $0.ard }, \.bindOffset),
    24: pointer({ $0.ard }, \.arrayStatus),
    25: pointer({ $0.ird }, \.arrayStatus),
    26: pointer({ $0.ird }, \.rowsProcessed),
    27: size { $0.ard },
  ]

  private static let handles: [Int32: StatementAttribute] = [
    10_010: StatementAttribute { $0.ard.number.bits } set: { statement, value throws(TernError) in
      statement.ard = try statement.descriptor(value, or: statement.implicitARD)
    },
    10_011: StatementAttribute { $0.apd.number.bits } set: { statement, value throws(TernError) in
      statement.apd = try statement.descriptor(value, or: statement.implicitAPD)
    },
    10_012: StatementAttribute { $0.ird.number.bits } set: { _, _ throws(TernError) in
      throw automatic
    },
    10_013: StatementAttribute { $0.ipd.number.bits } set: { _, _ throws(TernError) in
      throw automatic
    },
  ]

  /// Largest array that is taken as it is.
  private static let arraySizeMax: UInt = 1 << 31

  private static let automatic = TernError.usage(
    "implementation descriptors cannot be replaced", .automaticDescriptor)

  private static let onlyOff = StatementAttribute { _ in 0 } set: { _, value throws(TernError) in
    guard value == 0 else { throw .unsupported("this attribute can only be off") }
  }

  private static func setting(
    _ path: CellPath<StatementSettings, UInt>, _ allowed: [UInt]
  ) -> StatementAttribute {
    StatementAttribute { $0.settings[keyPath: path] } set: { statement, value throws(TernError) in
      guard allowed.contains(value) else {
        throw .usage("\(value) is not allowed here", .invalidOptionValue)
      }
      statement.settings[keyPath: path] = value
    }
  }

  private static func degrading(
    _ path: CellPath<StatementSettings, UInt>, to only: UInt, known: ClosedRange<UInt>
  ) -> StatementAttribute {
    StatementAttribute { $0.settings[keyPath: path] } set: { statement, value throws(TernError) in
      guard known.contains(value) else {
        throw .usage("\(value) is not allowed here", .invalidOptionValue)
      }
      if value != only { statement.degraded("the attribute", to: only) }
    }
  }

  private static func pointer(
    _ descriptor: @escaping @Sendable (StatementHandle) -> DescriptorHandle,
    _ path: CellPath<DescriptorHeader, Address>
  ) -> StatementAttribute {
    StatementAttribute { descriptor($0).header[keyPath: path].bits } set: { statement, value in
      descriptor(statement).header[keyPath: path] = Address(bits: value)
    }
  }

  private static func size(
    _ descriptor: @escaping @Sendable (StatementHandle) -> DescriptorHandle
  ) -> StatementAttribute {
    StatementAttribute { UInt(clamping: descriptor($0).header.arraySize) } set: {
      statement, value throws(TernError) in
      guard value > 0 else {
        throw .usage("an array has at least one row", .invalidOptionValue)
      }
      if value > arraySizeMax { statement.degraded("the array size", to: arraySizeMax) }
      descriptor(statement).header.arraySize = Int(min(value, arraySizeMax))
    }
  }

  private static func badValue(_ id: Int32, _ value: UInt) -> TernError {
    .usage("statement attribute \(id) cannot be \(value)", .invalidOptionValue)
  }
}
