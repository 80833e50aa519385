import TernCore

// Typed values on their way into columns.
extension TypedValue {
  /// Writes a value as JSON: how arrays whose elements have no known type are handed on.
  func append(json: inout [UInt8]) {
    switch self {
    case .null: json += "null".utf8
    case .bool(let flag): json += (flag ? "true" : "false").utf8
    case .integer(let number): NumberText.append(number, to: &json)
    case .float(let number):
      json += number.isFinite ? "\(number)".utf8 : "\"\(TypedValue.name(Double(number)))\"".utf8
    case .double(let number):
      json += number.isFinite ? "\(number)".utf8 : "\"\(TypedValue.name(number))\"".utf8
    case .decimal(let text) where DecimalValue(parsing: text.span) != nil: json += text
    case .decimal(let text), .text(let text):
      JSONText.append(quoted: Array(String(decoding: text, as: UTF8.self).utf8).span, to: &json)
    case .bytes(let bytes):
      json.append(UInt8(ascii: "\""))
      BinaryText.append(base64: bytes, to: &json)
      json.append(UInt8(ascii: "\""))
    case .list(let elements):
      json.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        element.append(json: &json)
      }
      json.append(UInt8(ascii: "]"))
    }
  }

  /// The text of a number; that of NaN and the infinities as servers write them.
  static func name(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return "\(number)"
  }

  /// Puts the value into a column, converted exactly or not at all.
  func append(to builder: ColumnBuilder, _ format: ColumnFormat) throws(TernError) {
    switch self {
    case .null: try builder.appendNull()
    case .list(let elements): try append(elements, to: builder, format)
    case .bool(let flag):
      if builder.type == .bool { return try builder.append(bool: flag) }
      try append(text: flag ? "true" : "false", to: builder, format)
    case .integer(let number):
      var digits: [UInt8] = []
      NumberText.append(number, to: &digits)
      try CellText(digits.span, format).append(to: builder)
    case .float(let number):
      if builder.type == .float32 { return try builder.append(double: Double(number)) }
      let text = number.isFinite ? "\(number)" : Self.name(Double(number))
      try append(text: text, to: builder, format)
    case .double(let number):
      switch builder.type {
      case .float32, .float64: try builder.append(double: number)
      default: try append(text: Self.name(number), to: builder, format)
      }
    case .decimal(let text), .text(let text):
      if builder.isText, !UTF8Check.isValid(text) {
        return try builder.append(bytes: Array(String(decoding: text, as: UTF8.self).utf8))
      }
      try CellText(text.span, format).append(to: builder)
    case .bytes(let bytes):
      guard builder.isText else { return try builder.append(bytes: bytes) }
      var text: [UInt8] = []
      BinaryText.append(base64: bytes, to: &text)
      try builder.append(bytes: text)
    }
  }

  private func append(
    text: String, to builder: ColumnBuilder, _ format: ColumnFormat
  ) throws(TernError) {
    try CellText(Array(text.utf8).span, format).append(to: builder)
  }

  private func append(
    _ elements: [TypedValue], to builder: ColumnBuilder, _ format: ColumnFormat
  ) throws(TernError) {
    guard builder.layout == .list32, let child = builder.children.first else {
      guard builder.isText else { throw builder.conversionError("an array") }
      var json: [UInt8] = []
      append(json: &json)
      return try builder.append(bytes: json)
    }
    for element in elements { try element.append(to: child, format.child(0)) }
    try builder.appendChildren()
  }
}
