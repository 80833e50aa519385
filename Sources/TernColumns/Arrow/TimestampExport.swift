public import TernCore

/// What Arrow export makes of timestamps that Arrow cannot hold exactly (option `timestamp_unit`).
public enum TimestampExport: Hashable, Sendable, CaseIterable {
  /// Years 1 to 9999; an error for digits below a microsecond.
  case microseconds
  /// All nine digits; an error outside 1677 to 2262.
  case nanoseconds
  /// Canonical text.
  case text

  /// The value of the option of that name: `us`, `ns` or `text`.
  public init?(name: String) {
    switch name {
    case "us": self = .microseconds
    case "ns": self = .nanoseconds
    case "text": self = .text
    default: return nil
    }
  }

  /// The type under which a type is exported: itself unless it is or holds a wide timestamp.
  public func exported(_ type: DataType) -> DataType {
    switch type {
    case .wideTimestamp(_, let zone):
      switch self {
      case .microseconds: .timestamp(.microsecond, zone: zone)
      case .nanoseconds: .timestamp(.nanosecond, zone: zone)
      case .text: .utf8
      }
    case .list(let field): .list(exported(field))
    case .fixedSizeList(let field, let count): .fixedSizeList(exported(field), count: count)
    case .map(let field): .map(exported(field))
    case .structure(let fields): .structure(fields.map { exported($0) })
    default: type
    }
  }

  /// The same of a field.
  public func exported(_ field: Field) -> Field {
    var field = field
    field.type = exported(field.type)
    return field
  }

  /// The same of a schema.
  public func exported(_ schema: Schema) -> Schema {
    Schema(schema.fields.map { exported($0) }, metadata: schema.metadata)
  }

  /// The column under that type; without copying unless it is or holds a wide timestamp.
  /// - Throws: 22008, naming the option, where a value would change.
  public func exported(_ column: Column) throws(TernError) -> Column {
    let type = exported(column.type)
    if type == column.type { return column }
    guard case .wideTimestamp = column.type else {
      var children: [Column] = []
      for child in column.children { children.append(try exported(child)) }
      return Column(
        trusted: type, count: column.count, nullCount: column.nullCount, offset: column.offset,
        validity: column.validity, values: column.values, data: column.data, children: children)
    }
    let builder = ColumnBuilder(type)
    try builder.reserve(rowCount: column.count)
    if try appendQuickly(column, to: builder) { return try builder.finish() }
    for row in 0..<column.count {
      if try column.isNull(at: row) {
        try builder.appendNull()
      } else if self == .text {
        try builder.append(text: try column.text(at: row))
      } else {
        try append(try column.timestamp(at: row), to: builder)
      }
    }
    return try builder.finish()
  }

  /// The loop over a whole column; false, with nothing appended, if a value would change.
  private func appendQuickly(
    _ column: Column, to builder: ColumnBuilder
  ) throws(TernError) -> Bool {
    switch self {
    case .microseconds: try Self.narrow(column, to: builder, 1_000_000, step: 1_000)
    case .nanoseconds: try Self.narrow(column, to: builder, 1_000_000_000, step: 1)
    case .text: false
    }
  }

  @inline(__always)
  private static func narrow(
    _ column: Column, to builder: ColumnBuilder, _ perSecond: Int64, step: Int32
  ) throws(TernError) -> Bool {
    try builder.convert(column, WideTimestamp.self, to: Int64.self) { moment in
      let (product, isOver) = moment.seconds.multipliedReportingOverflow(by: perSecond)
      let (sum, isOverToo) = product.addingReportingOverflow(Int64(moment.nanoseconds / step))
      return (sum, !isOver && !isOverToo && moment.nanoseconds % step == 0)
    }
  }

  private func append(_ value: WideTimestamp, to builder: ColumnBuilder) throws(TernError) {
    guard let count = value.count(of: self == .nanoseconds ? .nanosecond : .microsecond) else {
      throw .data(
        self == .nanoseconds
          ? "a timestamp lies outside the years 1677 to 2262, which timestamp_unit=ns can hold; "
            + "use timestamp_unit=us or text"
          : "a timestamp has digits below a microsecond, which timestamp_unit=us would cut; "
            + "use timestamp_unit=ns or text", .datetimeOutOfRange)
    }
    try builder.append(integer: count)
  }
}
