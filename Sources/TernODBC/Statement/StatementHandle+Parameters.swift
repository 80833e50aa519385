import CTern
import Tern
import TernODBCConvert

// Executions with parameters: arrays, statuses, data at execution.
extension StatementHandle {
  /// Whether the application bound anything.
  var hasBoundParameters: Bool { apd.records.contains { $0.isBound } }

  /// Runs the prepared text with what is bound, or asks for the data that comes at execution.
  func executeWithParameters(_ prepared: PreparedText) throws(TernError) -> ReturnCode {
    let setCount = apd.header.arraySize
    let statuses = ParameterStatuses(ipd.header, setCount: setCount)
    statuses.writeAll(ParameterStatuses.unused)
    statuses.processed.store(0)
    let encoder = try ParameterEncoder(
      try boundParameters(prepared), setCount: setCount,
      operations: apd.header.arrayStatus.bits,
      today: Int32(clamping: tern_wall_nanoseconds() / 86_400_000_000_000))
    guard let first = try encoder.nextAtExecution() else { return try send(encoder, statuses) }
    pending = PendingExecution(encoder: encoder, statuses: statuses, firstToken: first)
    return .needData
  }

  /// SQLParamData: the next parameter to send data for, or the execution's own result.
  func parameterData(_ token: Address) throws(TernError) -> ReturnCode {
    guard let execution = pending else {
      throw .usage("no parameter waits for data", .sequence)
    }
    let next: UInt?
    if let first = execution.firstToken {
      next = first
      pending?.firstToken = nil
    } else {
      next = try execution.encoder.nextAtExecution()
    }
    if let next {
      token.store(next)
      return .needData
    }
    pending = nil
    return try send(execution.encoder, execution.statuses)
  }

  /// SQLPutData: a piece of the parameter that SQLParamData named.
  func putData(_ data: Address, _ length: Int) throws(TernError) -> ReturnCode {
    guard let execution = pending, execution.firstToken == nil else {
      throw .usage("no parameter waits for data: call SQLParamData first", .sequence)
    }
    try execution.encoder.append(at: data.bits, length)
    return .success
  }

  /// One binding a marker.
  private func boundParameters(
    _ prepared: PreparedText
  ) throws(TernError) -> [BoundParameter] {
    let offset = apd.header.offset
    var parameters: [BoundParameter] = []
    for number in 1...max(1, prepared.parameterCount) {
      guard let record = apd.record(number), record.isBound else {
        throw .usage(
          "the statement has \(prepared.parameterCount) parameters, number \(number) is not bound",
          .wrongParameterCount)
      }
      parameters.append(
        bound(number, record, offset: offset, rowByteCount: apd.header.bindType, prepared))
    }
    return parameters
  }

  private func bound(
    _ number: Int, _ record: DescriptorRecord, offset: Int, rowByteCount: Int,
    _ prepared: PreparedText
  ) -> BoundParameter {
    let sqlType = ipd.record(number)?.conciseType ?? 0
    let described = prepared.parameters.flatMap { number <= $0.count ? $0[number - 1] : nil }
    let told = sqlType == 0 || sqlType == CType.default ? 0 : sqlType
    let cType = record.conciseType
    let resolved =
      cType == CType.default ? CType.standard(for: told == 0 ? described?.sql.odbcType ?? 0 : told)
      : cType
    let valueByteCount = CTarget(code: resolved)?.byteCount ?? record.octetLength
    var parameter = BoundParameter(
      cType: cType, sqlType: told, data: record.data.advanced(by: offset).bits,
      dataStride: rowByteCount == 0 ? valueByteCount : rowByteCount,
      bufferLength: record.octetLength,
      indicator: record.indicator.advanced(by: offset).bits,
      lengthCell: record.lengthCell.advanced(by: offset).bits,
      cellStride: rowByteCount == 0 ? 8 : rowByteCount)
    parameter.describedType = described?.sql.odbcType ?? 0
    if record.hasOwnScale { parameter.numericScale = record.scale }
    if (101...113).contains(cType), record.precision > 0 {
      parameter.secondsPrecision = Int(record.precision)
    }
    return parameter
  }

  /// Converts all sets and runs them as one execution; if any set does not convert nothing is sent.
  private func send(
    _ encoder: ParameterEncoder, _ statuses: ParameterStatuses
  ) throws(TernError) -> ReturnCode {
    guard let batch = try encoder.encode() else {
      return refuse(encoder, statuses)
    }
    for event in encoder.events.all {
      diagnostics.add(event.outcome, row: event.row, "parameter", event.column)
    }
    guard batch.rowCount > 0 else {
      statuses.processed.store(statuses.setCount)
      return .success
    }
    work.bind(batch)
    statuses.processed.store(statuses.setCount)
    do throws(TernError) {
      let code = try finish(try run { () throws(TernError) in try work.execute() })
      statuses.write(ParameterStatuses.success, sets: encoder.sets)
      return code
    } catch {
      // One set alone is the one that failed; of many the server did not say which.
      let isAlone = encoder.sets.count == 1
      statuses.write(
        isAlone ? ParameterStatuses.error : ParameterStatuses.unavailable, sets: encoder.sets)
      throw error
    }
  }

  private func refuse(_ encoder: ParameterEncoder, _ statuses: ParameterStatuses) -> ReturnCode {
    for event in encoder.events.all where event.outcome.isError {
      statuses.write(ParameterStatuses.error, sets: [event.row])
      diagnostics.add(event.outcome, row: event.row, "parameter", event.column)
    }
    return .error
  }
}
