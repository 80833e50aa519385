import Tern

// Reading never changes what is read: callers ask twice.
extension DiagnosedHandle {
  /// SQLGetDiagRec: one record; no data behind the last.
  func readRecord(
    _ number: Int16, _ state: OutputText, _ native: Address, _ message: OutputText
  ) -> ReturnCode {
    guard number >= 1, !message.hasNegativeSize else { return .error }
    guard Int(number) <= diagnostics.records.count else { return .noData }
    let record = diagnostics.records[Int(number) - 1]
    _ = state.write(record.state.text)
    native.store(record.native)
    return message.write(record.message) ? .successWithInfo : .success
  }

  /// SQLGetDiagField: one field of the header (record 0) or of a record.
  func readField(
    _ number: Int16, _ identifier: Int16, _ value: Address, _ text: OutputText
  ) -> ReturnCode {
    guard let field = DiagnosticField.all[identifier] else { return .error }
    switch field.source {
    case .header(let read): return write(read(diagnostics), value, text)
    case .record(let read):
      guard number >= 1 else { return .error }
      guard Int(number) <= diagnostics.records.count else { return .noData }
      return write(read(diagnostics.records[Int(number) - 1], self), value, text)
    }
  }

  private func write(
    _ field: DiagnosticField.Value, _ value: Address, _ text: OutputText
  ) -> ReturnCode {
    switch field {
    case .integer(let number): value.store(number)
    case .length(let number): value.store(number)
    case .text(let content):
      guard !text.hasBadSize else { return .error }
      return text.write(content) ? .successWithInfo : .success
    }
    return .success
  }
}
