import Tern

/// One field of a result column, read by `SQLColAttribute` and from the implementation row
/// descriptor (ODBC, SQLColAttribute; ODBC 2's numbers are aliases).
struct ColumnField: Sendable {
  /// A field's value; text and numbers go to different places.
  enum Value {
    case text(String)
    case number(Int)
  }

  /// How wide `SQLGetDescField` writes a number: SQLColAttribute always writes eight bytes.
  enum Width { case bits16, bits32, bits64 }

  let width: Width
  let value: @Sendable (ReportedColumn) -> Value

  /// By `SQL_DESC_…` or `SQL_COLUMN_…`.
  static let all: [UInt16: ColumnField] = {
    var fields = texts.merging(numbers) { first, _ in first }
    for (alias, field) in aliases { fields[alias] = fields[field] }
    return fields
  }()

  private static let aliases: [UInt16: UInt16] = [1: 1011, 18: 1011, 29: 14, 7: 1008]

  private static let texts: [UInt16: ColumnField] = [
    1011: text { $0.name },
    14: text { $0.type.typeName },
    15: text { $0.origin.table ?? "" },
    16: text { $0.origin.schema ?? "" },
    17: text { $0.origin.catalog ?? "" },
    22: text { $0.origin.column ?? "" },
    23: text { $0.origin.table ?? "" },
    27: text { $0.type.literalPrefix },
    28: text { $0.type.literalSuffix },
  ]

  private static let numbers: [UInt16: ColumnField] = [
    2: number(.bits16) { Int($0.type.concise) },
    1002: number(.bits16) { Int(VerboseType.split($0.type.concise).type) },
    1007: number(.bits16) { Int(VerboseType.split($0.type.concise).code) },
    3: number(.bits64) { $0.type.octetLength },
    4: number(.bits64) { $0.type.columnSize },
    5: number(.bits16) { Int($0.type.decimalDigits) },
    1003: number(.bits64) { $0.type.columnSize },
    1005: number(.bits16) { Int($0.type.precision) },
    1006: number(.bits16) { Int($0.type.scale) },
    1013: number(.bits64) { $0.type.octetLength },
    32: number(.bits32) { $0.type.facts.isNumeric ? 10 : 0 },
    26: number(.bits32) { $0.type.leadingDigits },
    6: number(.bits64) { $0.type.displaySize },
    1008: number(.bits16) { Int($0.nullable) },
    8: number(.bits16) { $0.type.isUnsigned ? 1 : 0 },
    9: number(.bits16) { _ in 0 },
    10: number(.bits16) { $0.origin.table == nil ? 0 : 2 },
    11: number(.bits32) { $0.type.isAutoIncrement ? 1 : 0 },
    12: number(.bits32) { $0.type.isCaseSensitive ? 1 : 0 },
    13: number(.bits16) { $0.type.facts.isText ? 3 : 2 },
    30: number(.bits16) { Int($0.type.decimalDigits) },
    31: number(.bits16) { Int($0.type.decimalDigits) },
    35: number(.bits16) { _ in 0 },
    1012: number(.bits16) { $0.name.isEmpty ? 1 : 0 },
  ]

  private static func text(_ value: @escaping @Sendable (ReportedColumn) -> String) -> ColumnField {
    ColumnField(width: .bits16) { .text(value($0)) }
  }

  private static func number(
    _ width: Width, _ value: @escaping @Sendable (ReportedColumn) -> Int
  ) -> ColumnField {
    ColumnField(width: width) { .number(value($0)) }
  }
}

extension ReportedType {
  /// What stands in front of a literal.
  var literalPrefix: String {
    switch facts.kind {
    case .narrowText, .wideText, .date, .time, .timestamp, .interval, .guid: "'"
    case .bytes: "X'"
    case .exact, .approximate: ""
    }
  }

  /// What stands behind a literal.
  var literalSuffix: String { literalPrefix.isEmpty ? "" : "'" }
}
