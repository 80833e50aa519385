public import TernColumns
public import TernCore
public import TernDriver

/// The values of `--param` as one row of parameters.
public enum ParameterRow {
  /// A row of `texts`, nil for NULL.
  ///
  /// Numbers and Booleans become what the server says about their markers; everything else stays
  /// text, which servers convert themselves.
  public static func make(
    _ texts: [String?], _ descriptions: [ParameterDescription]?
  ) throws(TernError) -> Batch {
    var fields: [Field] = []
    var row: [Value] = []
    for (index, text) in texts.enumerated() {
      let wanted = descriptions.flatMap { $0.indices.contains(index) ? $0[index].dataType : nil }
      let type = wanted.flatMap { $0.isNumeric || $0 == .bool ? $0 : nil } ?? .utf8
      fields.append(Field("\(index + 1)", type))
      row.append(try value(text, type, number: index + 1))
    }
    let builder = BatchBuilder(Schema(fields))
    do throws(TernError) {
      try builder.append(row)
    } catch {
      throw error.prefixed("--param")
    }
    return try builder.finish()
  }

  /// One text as a value of the type that its marker has.
  private static func value(
    _ text: String?, _ type: DataType, number: Int
  ) throws(TernError) -> Value {
    guard let text else { return .null }
    guard type != .utf8 else { return .text(text) }
    if type == .bool {
      switch text.lowercased() {
      case "true", "1": return true
      case "false", "0": return false
      default: break
      }
    } else if type == .float32 || type == .float64 {
      if let value = Double(text) { return .double(value) }
    } else if let value = DecimalValue(text) {
      return .decimal(value)
    }
    throw .data("--param number \(number) is not a value of type \(type)", .invalidCast)
  }
}
