import Tern
import TernODBCConvert

// SQLBindCol, SQLFetch, SQLFetchScroll, SQLExtendedFetch, SQLSetPos.
extension StatementHandle {
  /// SQLBindCol: writes a record of the application row descriptor.
  func bindColumn(
    _ number: UInt16, _ cType: Int16, _ target: Address, _ capacity: Int, _ indicator: Address
  ) throws(TernError) -> ReturnCode {
    guard number >= 1 else {
      throw .usage("there are no bookmarks to bind", .invalidIndex)
    }
    guard capacity >= 0 else {
      throw .usage("a buffer of \(capacity) bytes", .invalidLength)
    }
    if target.isNull, indicator.isNull {
      ard.unbind(Int(number))
      return .success
    }
    guard CType.isKnown(cType) else {
      throw .usage("there is no C type \(cType)", .invalidCType)
    }
    try ard.change(Int(number)) { record throws(TernError) in
      record.setType(cType)
      record.octetLength = capacity
      record.data = target
      record.indicator = indicator
      record.lengthCell = indicator
    }
    return .success
  }

  /// SQLFetch.
  func fetch() throws(TernError) -> ReturnCode {
    let cursor = try opened()
    return try fetchRowset(cursor, from: cursor.nextRow, plainOutputs)
  }

  /// SQLFetchScroll.
  func fetch(_ orientation: Int16, _ offset: Int) throws(TernError) -> ReturnCode {
    try scroll(orientation, offset, plainOutputs)
  }

  /// SQLExtendedFetch: a rowset size, row count and statuses of its own.
  func extendedFetch(
    _ orientation: Int16, _ offset: Int, rowCount: Address, statuses: Address
  ) throws(TernError) -> ReturnCode {
    try scroll(
      orientation, offset,
      RowsetOutputs(
        size: Int(clamping: settings.rowsetSize), rowCount: rowCount, statuses: statuses))
  }

  private var plainOutputs: RowsetOutputs {
    RowsetOutputs(
      size: ard.header.arraySize, rowCount: ird.header.rowsProcessed,
      statuses: ird.header.arrayStatus)
  }

  private func scroll(
    _ orientation: Int16, _ offset: Int, _ outputs: RowsetOutputs
  ) throws(TernError) -> ReturnCode {
    let cursor = try opened()
    guard let orientation = FetchOrientation(rawValue: orientation) else {
      throw .usage("there is no fetch orientation \(orientation)", .invalidFetchType)
    }
    guard orientation == .next || cursor.isStatic else {
      throw .usage("a forward-only cursor fetches the next rows only", .invalidFetchType)
    }
    let place = try run { () throws(TernError) in
      try orientation.start(in: cursor, offset: offset, rowsetSize: outputs.size)
    }
    guard let place else { return leave(cursor, outputs, orientation, offset) }
    if place.isClamped {
      diagnostics.warn(.beforeFirstRow, "the rowset begins before the first row")
    }
    return try fetchRowset(cursor, from: place.start, outputs)
  }

  /// Nothing is there: the cursor stands before the first or behind the last row.
  private func leave(
    _ cursor: Cursor, _ outputs: RowsetOutputs, _ orientation: FetchOrientation, _ offset: Int
  ) -> ReturnCode {
    cursor.leave(isBefore: orientation.leavesBackwards(offset: offset))
    outputs.writeNothing()
    reading.reset()
    return .noData
  }

  private func fetchRowset(
    _ cursor: Cursor, from start: Int64, _ outputs: RowsetOutputs
  ) throws(TernError) -> ReturnCode {
    reading.reset()
    // Moving and waiting for rows is what another thread may cancel.
    let hasRows: Bool
    do throws(TernError) {
      hasRows = try run { () throws(TernError) in
        try cursor.move(to: start, count: outputs.size)
      }
    } catch {
      outputs.writeNothing()
      throw error
    }
    guard hasRows else {
      outputs.writeNothing()
      return .noData
    }
    let count = Int(cursor.rowset.upperBound - cursor.rowset.lowerBound)
    outputs.rowCount.store(count)
    guard settings.retrieveData == 1, !ard.records.isEmpty else {
      outputs.writeStatuses(rows: count, failed: [:])
      return .success
    }
    return try transfer(cursor, count, outputs)
  }

  /// Writes the bound columns and reports per row.
  private func transfer(
    _ cursor: Cursor, _ count: Int, _ outputs: RowsetOutputs
  ) throws(TernError) -> ReturnCode {
    let events = try cursor.transfers.write(cursor, to: ard, settings)
    guard !events.isEmpty else {
      outputs.writeStatuses(rows: count, failed: [:])
      return .success
    }
    var states: [Int: UInt16] = [:]
    for event in events {
      if event.outcome.isError || states[event.row] == nil {
        states[event.row] = event.outcome.isError ? RowStatus.error : RowStatus.successWithInfo
      }
      diagnostics.add(event.outcome, row: event.row, "column", event.column)
    }
    outputs.writeStatuses(rows: count, failed: states)
    let hasError = states.values.contains(RowStatus.error)
    return hasError && outputs.size == 1 ? .error : .successWithInfo
  }

  /// SQLSetPos: chooses a row for SQLGetData; rows cannot be changed.
  func setPosition(_ row: UInt, _ operation: UInt16) throws(TernError) -> ReturnCode {
    let cursor = try opened()
    guard !cursor.rowset.isEmpty else {
      throw .usage("nothing was fetched", .invalidCursorState)
    }
    guard operation <= 1 else {
      throw operation <= 4
        ? .unsupported("rows cannot be changed through a cursor")
        : .usage("there is no operation \(operation)", .unknownOption)
    }
    let count = UInt(cursor.rowset.upperBound - cursor.rowset.lowerBound)
    guard row <= count else {
      throw .usage("the rowset has \(count) rows", .invalidRow)
    }
    guard row > 0 else {
      guard operation == 1 else {
        throw .usage("a cursor stands on one row", .invalidCursorPosition)
      }
      return .success
    }
    cursor.positionInRowset = Int(row) - 1
    reading.reset()
    return .success
  }
}
