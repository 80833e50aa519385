public import TernCore

extension Column {
  /// `count` values from `start` on, without copying.
  public func slice(_ start: Int, count wanted: Int) throws(TernError) -> Column {
    guard start >= 0, wanted >= 0, start <= count, wanted <= count - start else {
      throw .usage("rows \(start) to \(start) + \(wanted) of a column of \(count)")
    }
    if start == 0, wanted == count { return self }
    var nulls = type == .null ? wanted : 0
    if validity != nil {
      for row in start..<start + wanted where isNullUnchecked(row) { nulls += 1 }
    }
    return Column(
      trusted: type, count: wanted, nullCount: nulls, offset: offset + start, validity: validity,
      values: values, data: data, children: children)
  }

  /// Bytes of all buffers, those of slices counted whole.
  public var byteCount: Int {
    let own = (validity?.byteCount ?? 0) + (values?.byteCount ?? 0) + (data?.byteCount ?? 0)
    return children.reduce(own) { $0 + $1.byteCount }
  }
}

extension Column: Equatable {
  /// Whether both have the same type and values; NaN equals NaN, buffers may differ.
  public static func == (left: Column, right: Column) -> Bool {
    guard left.type == right.type, left.count == right.count else { return false }
    for row in 0..<left.count {
      let (first, second) = (try? left.value(at: row), try? right.value(at: row))
      if case .double(let first)? = first, case .double(let second)? = second {
        guard first.bitPattern == second.bitPattern || first == second else { return false }
      } else if first != second {
        return false
      }
    }
    return true
  }
}

extension Batch {
  /// `count` rows from `start` on, without copying.
  public func slice(_ start: Int, count: Int) throws(TernError) -> Batch {
    guard start >= 0, count >= 0, start <= rowCount, count <= rowCount - start else {
      throw .usage("rows \(start) to \(start) + \(count) of a batch of \(rowCount)")
    }
    var slices: [Column] = []
    for column in columns { slices.append(try column.slice(start, count: count)) }
    return try Batch(schema, slices, rowCount: count)
  }

  /// Bytes of all buffers.
  public var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }

  /// The row's values; for tests and small results.
  public func row(_ index: Int) throws(TernError) -> [Value] {
    var row: [Value] = []
    for column in columns { row.append(try column.value(at: index)) }
    return row
  }
}

extension Batch: Equatable {
  /// Whether both have the same schema and values.
  public static func == (left: Batch, right: Batch) -> Bool {
    left.rowCount == right.rowCount && left.schema == right.schema && left.columns == right.columns
  }
}
