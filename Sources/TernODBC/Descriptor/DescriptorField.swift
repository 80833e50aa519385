import Tern

/// One field of a descriptor's header or record that is kept as it is set; result columns are read
/// through `ColumnField`.
struct DescriptorField: Sendable {
  /// How wide a number is written.
  typealias Width = ColumnField.Width

  /// Where a field lives and how it is read and changed. Numbers and addresses travel as `Int`.
  enum Cell: Sendable {
    case header(CellPath<DescriptorHeader, Int>)
    case headerAddress(CellPath<DescriptorHeader, Address>)
    case count
    case allocation
    /// A field whose change unbinds the record.
    case record(
      get: @Sendable (DescriptorRecord) -> Int,
      set: @Sendable (inout DescriptorRecord, Int) throws(TernError) -> Void)
    /// A deferred pointer: changing it keeps the record bound.
    case recordAddress(CellPath<DescriptorRecord, Address>)
    case name
  }

  let width: Width
  let cell: Cell
  /// Which descriptors have it.
  let roles: Set<DescriptorHandle.Role>

  /// By `SQL_DESC_…`.
  static let all: [Int16: DescriptorField] = headers.merging(records) { first, _ in first }

  private static let application: Set<DescriptorHandle.Role> = [.application]
  private static let implementation: Set<DescriptorHandle.Role> = [
    .implementationRow, .implementationParameter,
  ]
  private static let parameter: Set<DescriptorHandle.Role> = [.implementationParameter]
  private static let writable = application.union(parameter)
  private static let every = application.union(implementation)

  private static let headers: [Int16: DescriptorField] = [
    1099: DescriptorField(width: .bits16, cell: .allocation, roles: every),
    20: DescriptorField(width: .bits64, cell: .header(\.arraySize), roles: application),
    21: DescriptorField(width: .bits64, cell: .headerAddress(\.arrayStatus), roles: every),
    24: DescriptorField(width: .bits64, cell: .headerAddress(\.bindOffset), roles: application),
    25: DescriptorField(width: .bits32, cell: .header(\.bindType), roles: application),
    1001: DescriptorField(width: .bits16, cell: .count, roles: every),
    34: DescriptorField(
      width: .bits64, cell: .headerAddress(\.rowsProcessed), roles: implementation),
  ]

  private static let records: [Int16: DescriptorField] = [
    2: record(.bits16, { Int($0.conciseType) }) { record, value throws(TernError) in
      record.setType(try short(value))
    },
    1002: record(.bits16, { Int(VerboseType.split($0.conciseType).type) }) {
      record, value throws(TernError) in
      // The code may come in a later call; until then the first of its kind stands for it.
      let type = try short(value)
      record.setType(VerboseType.concise(type, code: 1) ?? type)
    },
    1007: record(.bits16, { Int(VerboseType.split($0.conciseType).code) }) {
      record, value throws(TernError) in
      let type = VerboseType.split(record.conciseType).type
      guard let concise = VerboseType.concise(type, code: try short(value)) else {
        throw .usage("there is no date-time or interval code \(value)", .inconsistentDescriptor)
      }
      record.setType(concise)
    },
    1003: record(.bits64, { $0.length }) { $0.length = $1 },
    1013: record(.bits64, { $0.octetLength }) { $0.octetLength = $1 },
    1005: record(.bits16, { Int($0.precision) }) { record, value throws(TernError) in
      record.precision = try short(value)
      record.hasOwnScale = true
    },
    1006: record(.bits16, { Int($0.scale) }) { record, value throws(TernError) in
      record.scale = try short(value)
      record.hasOwnScale = true
    },
    32: record(.bits32, { Int($0.radix) }) { $0.radix = Int32(truncatingIfNeeded: $1) },
    26: record(.bits32, { Int($0.intervalPrecision) }) {
      $0.intervalPrecision = Int32(truncatingIfNeeded: $1)
    },
    1010: DescriptorField(width: .bits64, cell: .recordAddress(\.data), roles: writable),
    1009: DescriptorField(width: .bits64, cell: .recordAddress(\.indicator), roles: application),
    1004: DescriptorField(width: .bits64, cell: .recordAddress(\.lengthCell), roles: application),
    33: record(.bits16, { Int($0.parameterType) }, parameter) { record, value throws(TernError) in
      record.parameterType = try short(value)
    },
    1008: DescriptorField(
      width: .bits16,
      cell: .record(
        get: { Int($0.nullable) },
        set: { _, _ throws(TernError) in throw readOnly }), roles: parameter),
    1012: record(.bits16, { $0.name.isEmpty ? 1 : 0 }, parameter) { record, value in
      if value == 1 { record.name = "" }
    },
    1011: DescriptorField(width: .bits16, cell: .name, roles: parameter),
  ]

  static let readOnly = TernError.usage("the descriptor field is read-only", .unknownOption)

  private static func record(
    _ width: Width, _ get: @escaping @Sendable (DescriptorRecord) -> Int,
    _ roles: Set<DescriptorHandle.Role> = writable,
    _ set: @escaping @Sendable (inout DescriptorRecord, Int) throws(TernError) -> Void
  ) -> DescriptorField {
    DescriptorField(width: width, cell: .record(get: get, set: set), roles: roles)
  }

  /// A 16-bit field out of a pointer argument, whose upper bits are noise.
  private static func short(_ value: Int) throws(TernError) -> Int16 {
    Int16(truncatingIfNeeded: value)
  }
}
