public import TernCore

extension ColumnBuilder {
  /// Appends a value of the kind that the column holds; converts only where nothing is lost.
  public func append(_ value: Value) throws(TernError) {
    switch value {
    case .null: try appendNull()
    case .bool(let value): try append(bool: value)
    case .integer(let value): try append(integer: value)
    case .unsigned(let value): try append(unsigned: value)
    case .double(let value): try append(double: value)
    case .decimal(let value): try append(decimal: value)
    case .text(let value): try append(text: value)
    case .bytes(let value): try append(bytes: value)
    case .date(let days):
      guard type == .date32 else { throw typeError("date") }
      try store(days)
    case .time(let nanoseconds): try append(time: nanoseconds)
    case .timestamp(let value): try append(timestamp: value)
    case .duration(let seconds, let nanoseconds):
      try append(duration: WideTimestamp(seconds: seconds, nanoseconds: nanoseconds))
    case .interval(let value): try append(interval: value)
    case .list(let elements): try append(list: elements)
    case .structure(let fields): try append(fields: fields)
    }
  }

  private func append(time nanoseconds: Int64) throws(TernError) {
    let unit: TimeUnit
    switch type {
    case .time32(let own), .time64(let own): unit = own
    default: throw typeError("time")
    }
    let step = 1_000_000_000 / unit.perSecond
    guard nanoseconds % step == 0 else {
      throw .data("a time has more digits than \(type)", .datetimeOutOfRange)
    }
    try append(integer: nanoseconds / step)
  }

  private func append(duration value: WideTimestamp) throws(TernError) {
    guard case .duration(let unit) = type else { throw typeError("duration") }
    guard let count = value.count(of: unit) else {
      throw .data("a duration does not fit \(type)", .intervalOutOfRange)
    }
    try append(integer: count)
  }

  private func append(list elements: [Value]) throws(TernError) {
    guard let child = children.first, layout != .children else { throw typeError("list") }
    if case .fixedList(let wanted) = layout, elements.count != wanted { throw rangeError() }
    for element in elements { try child.append(element) }
    try appendChildren()
  }

  private func append(fields: [Value]) throws(TernError) {
    guard layout == .children, fields.count == children.count else {
      throw typeError("structure of \(fields.count) fields")
    }
    for (child, field) in zip(children, fields) { try child.append(field) }
    try appendChildren()
  }
}
