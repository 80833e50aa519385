internal import TernColumns
internal import TernCore
internal import TernDriver

// Whether the server writes later frames by another zone than the first.
extension AvaticaSession {
  /// Two equal rows, of which the second comes in a frame of its own.
  private static let probe =
    "VALUES (TIMESTAMP '2024-01-15 12:00:00'), (TIMESTAMP '2024-01-15 12:00:00')"

  /// Finds out, once, and warns: the values of the result that is being read would be shifted.
  ///
  /// Nothing is asked where the zone is known, where results come in one frame, and in a
  /// transaction, which a database that does not know the statement could end. Source: Avatica
  /// reference, section 9.3, item 3.
  func checkZone(_ context: CallContext) throws(TernError) {
    let isWanted = shared.withLock { state -> Bool in
      guard !state.isZoneChecked, state.properties.isAutocommit, !state.isOld else { return false }
      state.isZoneChecked = true
      return settings.calendar.zone == nil && settings.flavour.shiftsTimes
        && settings.firstFrame != AvaticaMessages.wholeFirstFrame
    }
    guard isWanted else { return }
    let values: [Int64]
    do throws(TernError) {
      values = try probeValues(context)
    } catch {
      guard line.isAlive, error.kind == .sql || error.kind == .data || error.kind == .unsupported
      else { throw error }
      return Log.write(.info, "avatica: the server's zone could not be found out: \(error)")
    }
    guard let first = values.first, values.contains(where: { $0 != first }) else { return }
    warn(
      Warning(
        .warning,
        "the server is not in UTC and shifts dates and times behind the first frame of a result: "
          + "set option server_time_zone to its zone, or temporal_frames=single"))
  }

  private func probeValues(_ context: CallContext) throws(TernError) -> [Int64] {
    let statement = AvaticaStatement(try line.createStatement(context))
    defer { line.closeStatement(statement.id, context) }
    let message = AvaticaMessages.PrepareAndExecute(
      statement: statement.id, sql: Self.probe, rowCountMax: 0, isOld: false, firstFrame: 1)
    let answer = try guarded(statement) { () throws(TernError) in
      try line.exchange(message, context)
    }
    guard let result = answer.results.first, let signature = result.signature,
      let frame = result.frame
    else { return [] }
    var batches = frame.rows.map { [$0] } ?? []
    if !frame.isLast {
      let range = AvaticaMessages.FetchRange(statement: statement.id, offset: 1, rowCount: 1)
      let next = try guarded(statement) { () throws(TernError) in
        try line.exchange(AvaticaMessages.Fetch(range: range, signature: signature), context)
      }
      if let rows = next.frame?.rows { batches.append(rows) }
    }
    var values: [Int64] = []
    for batch in batches {
      guard let column = batch.columns.first else { continue }
      for row in 0..<column.count { values.append(try column.int64(at: row)) }
    }
    return values
  }
}
