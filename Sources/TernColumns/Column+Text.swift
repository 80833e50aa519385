public import TernCore

extension Column {
  /// Appends the value as canonical text: decimals with exactly their scale, doubles in the
  /// shortest form that reads back, dates `YYYY-MM-DD`, bytes as upper-case hex, lists and
  /// structures as JSON.
  ///
  /// `digits` says how many fraction digits times and timestamps show; nil means as many as the
  /// type has. An instant is shown in UTC with ` +00:00`, or in its own offset.
  public func appendText(
    at row: Int, digits: Int? = nil, to text: inout [UInt8]
  ) throws(TernError) {
    switch type {
    case .utf8, .largeUtf8, .binary, .largeBinary, .fixedSizeBinary:
      try appendBytes(at: row, to: &text)
    case .bool: text += try bool(at: row) ? "true".utf8 : "false".utf8
    case .float32: NumberText.append(try load(row, Float.self), to: &text)
    case .float64: NumberText.append(try load(row, Double.self), to: &text)
    case .uint64: NumberText.append(try load(row, UInt64.self), to: &text)
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32:
      NumberText.append(try int64(at: row), to: &text)
    case .decimal128(_, let scale):
      let unscaled = try load(row, Int128.self)
      if let short = Int64(exactly: unscaled),
        unsafe ValueText.append(
          to: &text, { unsafe ValueText.write(short, scale: scale, at: $0) })
      {
        return
      }
      DecimalValue(unscaled: unscaled, scale: scale).append(to: &text)
    case .decimal256: try decimal(at: row).append(to: &text)
    case .date32, .time32, .time64, .timestamp, .wideTimestamp, .duration, .intervalMonths,
      .intervalMonthDayNano:
      try appendMoment(at: row, digits: digits, to: &text)
    case .list, .fixedSizeList, .structure, .map: try appendJSON(at: row, to: &text)
    case .null: try check(row)
    }
  }

  /// Appends the value as JSON: numbers and Booleans bare, NULL as `null`, all else quoted.
  ///
  /// Maps are lists of their entries, as in Arrow, or objects, whose names are the keys' texts.
  public func appendJSON(
    at row: Int, mapsAsObjects: Bool = false, to text: inout [UInt8]
  ) throws(TernError) {
    if try isNull(at: row) {
      text += "null".utf8
      return
    }
    switch type {
    case .map where mapsAsObjects: try list(at: row).appendEntries(to: &text)
    case .list, .fixedSizeList, .map:
      text.append(UInt8(ascii: "["))
      try list(at: row).appendElements(mapsAsObjects, to: &text)
      text.append(UInt8(ascii: "]"))
    case .structure(let fields): try appendStructure(at: row, fields, mapsAsObjects, to: &text)
    case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .decimal128,
      .decimal256:
      try appendText(at: row, to: &text)
    case .float32, .float64:
      if try double(at: row).isFinite { return try appendText(at: row, to: &text) }
      try appendQuoted(at: row, to: &text)
    default: try appendQuoted(at: row, to: &text)
    }
  }

  private func appendQuoted(at row: Int, to text: inout [UInt8]) throws(TernError) {
    var plain: [UInt8] = []
    try appendText(at: row, to: &plain)
    JSONText.append(quoted: plain.span, to: &text)
  }

  private func appendElements(
    _ mapsAsObjects: Bool, to text: inout [UInt8]
  ) throws(TernError) {
    for row in 0..<count {
      if row > 0 { text.append(UInt8(ascii: ",")) }
      try appendJSON(at: row, mapsAsObjects: mapsAsObjects, to: &text)
    }
  }

  /// The entries of a map, which are structures of a key and a value, as the members of an object.
  private func appendEntries(to text: inout [UInt8]) throws(TernError) {
    guard children.count == 2 else { throw corrupt }
    text.append(UInt8(ascii: "{"))
    for row in 0..<count {
      if row > 0 { text.append(UInt8(ascii: ",")) }
      try children[0].appendQuoted(at: offset + row, to: &text)
      text.append(UInt8(ascii: ":"))
      try children[1].appendJSON(at: offset + row, mapsAsObjects: true, to: &text)
    }
    text.append(UInt8(ascii: "}"))
  }

  private func appendStructure(
    at row: Int, _ fields: [Field], _ mapsAsObjects: Bool, to text: inout [UInt8]
  ) throws(TernError) {
    text.append(UInt8(ascii: "{"))
    for (index, (field, child)) in zip(fields, children).enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      JSONText.append(quoted: Array(field.name.utf8).span, to: &text)
      text.append(UInt8(ascii: ":"))
      try child.appendJSON(at: offset + row, mapsAsObjects: mapsAsObjects, to: &text)
    }
    text.append(UInt8(ascii: "}"))
  }

  private func appendBytes(at row: Int, to text: inout [UInt8]) throws(TernError) {
    try check(row)
    guard let bytes = unsafe rawBytes(at: row) else { throw corrupt }
    // Sound: read while the column is alive.
    if isText { return unsafe text.append(contentsOf: bytes) }
    for index in 0..<bytes.count {
      let byte = unsafe bytes[index]
      text.append(JSONText.hexDigits[Int(byte >> 4)])
      text.append(JSONText.hexDigits[Int(byte & 15)])
    }
  }

  private func appendMoment(
    at row: Int, digits: Int?, to text: inout [UInt8]
  ) throws(TernError) {
    switch type {
    case .date32: MomentText.append(days: Int(try load(row, Int32.self)), to: &text)
    case .time32(let unit), .time64(let unit):
      MomentText.append(
        timeOfDay: try time(at: row), digits: digits ?? unit.fractionDigits, to: &text)
    case .timestamp(let unit, let zone):
      MomentText.append(
        try timestamp(at: row), digits: digits ?? unit.fractionDigits, showsOffset: zone != nil,
        to: &text)
    case .wideTimestamp(let own, let zone):
      MomentText.append(
        try timestamp(at: row), digits: digits ?? own, showsOffset: zone != nil, to: &text)
    case .duration(let unit):
      MomentText.append(
        elapsed: try duration(at: row), digits: digits ?? unit.fractionDigits, to: &text)
    case .intervalMonths: MomentText.append(months: try load(row, Int32.self), to: &text)
    default: MomentText.append(try interval(at: row), digits: digits ?? 9, to: &text)
    }
  }
}
