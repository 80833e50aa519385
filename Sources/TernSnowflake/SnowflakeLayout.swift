internal import TernColumns
internal import TernCore
internal import TernDriver

/// The columns of a result, and how its parts write them.
struct SnowflakeLayout: Sendable {
  /// What every batch looks like; from `rowtype` alone, so that an empty result has it too.
  let columns: [ColumnDescription]
  let schema: Schema
  /// The same with as many digits as there can be: a value with more than its column declares is
  /// no reason to fail.
  let readingSchema: Schema
  /// How JSON spells the cells.
  let formats: [ColumnFormat]
  /// What Arrow streams mean.
  let forms: [ArrowForm]
  /// Whether there are nested columns, whose JSON text is read.
  let hasNested: Bool
  /// Bytes that a row takes in a batch, texts not counted.
  let rowByteCount: Int

  init(_ columns: [SnowflakeColumn], _ options: SnowflakeTypeOptions) {
    let types = columns.map { SnowflakeType($0, options) }
    self.columns = types.map(\.description)
    schema = Schema(self.columns.map(\.field))
    readingSchema = Schema(
      schema.fields.map { field in
        var field = field
        if case .decimal128(_, let scale) = field.type {
          field.type = .decimal128(precision: 38, scale: scale)
        }
        return field
      })
    formats = types.map(\.format)
    forms = types.map(\.form)
    hasNested = types.contains { $0.isStructured }
    rowByteCount = types.reduce(0) { $0 + $1.byteWidth }
  }
}

extension SnowflakeType {
  /// Whether it is an OBJECT, ARRAY or MAP with known parts.
  fileprivate var isStructured: Bool {
    kind == .structuredObject || kind == .structuredArray || kind == .structuredMap
  }

  /// What an Arrow column of this type means, whatever its physical type.
  var form: ArrowForm {
    switch kind {
    case .fixed: ArrowForm(digits: scale, text: format)
    case .time, .timestampNTZ, .timestampLTZ, .timestampTZ:
      ArrowForm(digits: fractionDigits, text: format)
    case .intervalDayTime: ArrowForm(digits: 9, text: format)
    case .structuredObject, .structuredArray:
      ArrowForm(text: format, children: parts.map(\.form))
    case .structuredMap:
      ArrowForm(text: format, children: [ArrowForm(children: parts.map(\.form))])
    case .object, .array, .map: textForm
    case .real, .decfloat, .text, .binary, .boolean, .date, .variant, .vector,
      .intervalYearMonth, .other:
      ArrowForm(text: format)
    }
  }

  /// The form of values that are wanted as text: where they come nested all the same, the scales
  /// and the types of their parts count.
  private var textForm: ArrowForm {
    let whole = structured
    guard whole.isStructured else { return ArrowForm(text: format) }
    return ArrowForm(text: format, children: whole.form.children, nested: whole.dataType)
  }

  /// Bytes that a value takes, texts and elements not counted.
  var byteWidth: Int {
    switch dataType {
    case .decimal128, .wideTimestamp, .intervalMonthDayNano: 16
    case .int64, .float64, .time64, .timestamp, .duration: 8
    case .structure: parts.reduce(1) { $0 + $1.byteWidth }
    case .bool: 1
    default: 4
    }
  }
}
