import Tern

// SQLGetDescField and SQLSetDescField.
extension DescriptorHandle {
  /// Reads one field.
  func get(
    _ number: Int16, _ identifier: Int16, _ value: Address, _ text: OutputText
  ) throws(TernError) -> ReturnCode {
    if role == .implementationRow, let code = try getColumn(number, identifier, value, text) {
      return code
    }
    guard let field = DescriptorField.all[identifier], field.roles.contains(role) else {
      throw unknown(identifier)
    }
    switch field.cell {
    case .allocation: write(isExplicit ? 2 : 1, field.width, value, text)
    case .count: write(try count(), field.width, value, text)
    case .header(let path): write(header[keyPath: path], field.width, value, text)
    case .headerAddress(let path):
      write(Int(bitPattern: header[keyPath: path].bits), field.width, value, text)
    case .record(let get, _):
      guard let record = try existing(number) else { return .noData }
      write(get(record), field.width, value, text)
    case .recordAddress(let path):
      guard let record = try existing(number) else { return .noData }
      write(Int(bitPattern: record[keyPath: path].bits), field.width, value, text)
    case .name:
      guard let record = try existing(number) else { return .noData }
      try diagnostics.write(record.name, to: text)
    }
    return .success
  }

  /// Changes one field.
  func set(
    _ number: Int16, _ identifier: Int16, _ value: Address, _ text: InputText
  ) throws(TernError) -> ReturnCode {
    guard let field = DescriptorField.all[identifier] ?? ColumnField.descriptorStandIn(identifier)
    else { throw unknown(identifier) }
    guard field.roles.contains(role) else {
      throw role == .implementationRow
        ? .usage("an implementation row descriptor cannot be changed", .readOnlyDescriptor)
        : unknown(identifier)
    }
    let number = Int(number)
    let bits = Int(bitPattern: value.bits)
    switch field.cell {
    case .allocation: throw DescriptorField.readOnly
    case .count:
      guard role != .implementationRow else {
        throw .usage("an implementation row descriptor cannot be changed", .readOnlyDescriptor)
      }
      let count = Int(Int16(truncatingIfNeeded: bits))
      guard count >= 0 else { throw .usage("a count cannot be \(count)", .invalidIndex) }
      setCount(count)
    case .header(let path):
      guard identifier != 20 || bits > 0 else {
        throw .usage("an array has at least one row", .invalidOptionValue)
      }
      header[keyPath: path] = bits
    case .headerAddress(let path): header[keyPath: path] = value
    case .record(_, let set):
      try change(number) { record throws(TernError) in
        try set(&record, bits)
        record.data = .null
      }
    case .recordAddress(let path): try setAddress(number, path, value)
    case .name:
      let name = try text.required("name")
      try change(number) { record throws(TernError) in record.name = name }
    }
    return .success
  }

  /// Setting the data pointer is the moment of the consistency check; for parameters on the SQL
  /// side it is nothing else.
  private func setAddress(
    _ number: Int, _ path: WritableKeyPath<DescriptorRecord, Address>, _ value: Address
  ) throws(TernError) {
    try change(number) { record throws(TernError) in
      if path == \DescriptorRecord.data, !value.isNull, !record.isConsistent {
        throw .usage(
          "type \(record.conciseType) with precision \(record.precision) is no consistent record",
          .inconsistentDescriptor)
      }
      if role == .application { record[keyPath: path] = value }
    }
  }

  /// The record, nil behind the last.
  private func existing(_ number: Int16) throws(TernError) -> DescriptorRecord? {
    guard number >= 0 else { throw .usage("there is no record \(number)", .invalidIndex) }
    return number == 0 ? DescriptorRecord() : record(Int(number))
  }

  private func count() throws(TernError) -> Int {
    guard role == .implementationRow else { return records.count }
    return try columns()?.count ?? 0
  }

  /// The columns of an implementation row descriptor; nil without a result.
  func columns() throws(TernError) -> [ReportedColumn]? {
    switch rowState {
    case .notPrepared: throw .usage("no statement was prepared or executed", .notPrepared)
    case .noResult: return nil
    case .columns(let columns): return columns
    }
  }

  private func getColumn(
    _ number: Int16, _ identifier: Int16, _ value: Address, _ text: OutputText
  ) throws(TernError) -> ReturnCode? {
    guard DescriptorField.all[identifier]?.isHeader != true,
      let field = UInt16(exactly: identifier).flatMap({ ColumnField.all[$0] })
    else { return nil }
    guard number >= 0 else { throw .usage("there is no record \(number)", .invalidIndex) }
    guard let columns = try columns(), number >= 1, Int(number) <= columns.count else {
      return .noData
    }
    switch field.value(columns[Int(number) - 1]) {
    case .number(let content): write(content, field.width, value, text)
    case .text(let content): try diagnostics.write(content, to: text)
    }
    return .success
  }

  private func write(
    _ content: Int, _ width: ColumnField.Width, _ value: Address, _ text: OutputText
  ) {
    switch width {
    case .bits16: value.store(Int16(truncatingIfNeeded: content))
    case .bits32: value.store(Int32(truncatingIfNeeded: content))
    case .bits64: value.store(content)
    }
    text.writeLength(width == .bits16 ? 2 : width == .bits32 ? 4 : 8)
  }

  private func unknown(_ identifier: Int16) -> TernError {
    .usage("this descriptor has no field \(identifier)", .unknownDescriptorField)
  }
}

extension DescriptorField {
  /// Whether it belongs to the descriptor as a whole.
  var isHeader: Bool {
    switch cell {
    case .header, .headerAddress, .count, .allocation: true
    case .record, .recordAddress, .name: false
    }
  }
}

extension ColumnField {
  /// A row that lets a write to a column's field fail as read-only instead of unknown.
  static func descriptorStandIn(_ identifier: Int16) -> DescriptorField? {
    guard let id = UInt16(exactly: identifier), all[id] != nil else { return nil }
    return DescriptorField(width: .bits16, cell: .name, roles: [])
  }
}
