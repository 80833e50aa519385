public import TernCore

// Options by name, for front doors whose settings are texts.
extension StatementOptions {
  /// Sets the option of that name.
  ///
  /// - Returns: false if a statement has no such option.
  /// - Throws: `.usage` HY024 for a value that the option does not allow.
  public mutating func set(_ name: String, _ text: String) throws(TernError) -> Bool {
    guard let match = StatementOptions.table.find(name) else { return false }
    let row = match.definition
    guard let value = row.type.normalized(text) else {
      throw .usage(
        "option \(row.name): the value is not allowed; allowed: \(row.type.allowed)",
        .invalidOptionValue)
    }
    let count = OptionValue.count(value).map { Int(clamping: $0) }
    let size = OptionValue.byteCount(value).map { Int(clamping: $0) }
    switch row.name {
    case "query_timeout": queryTimeoutNanoseconds = OptionValue.nanoseconds(value) ?? 0
    case "max_rows": rowCountMax = OptionValue.count(value) ?? 0
    case "batch_rows": batchRowCountMax = max(1, count ?? 1)
    case "batch_bytes": batchByteCountMax = max(1, size ?? 1)
    case "prefetch_batches": prefetchBatchCountMax = count ?? 0
    case "prefetch_bytes": prefetchByteCountMax = size ?? 0
    case "prefetch_bytes_total": prefetchTotalByteCountMax = size ?? 0
    case "parallel": readerCountMax = StatementOptions.readerCountMax(value)
    case "ordered": isOrdered = OptionValue.bool(value) ?? true
    default: return false
    }
    return true
  }

  /// The option of that name as text that `set` reads, nil if a statement has no such option.
  public func text(_ name: String) -> String? {
    guard let match = StatementOptions.table.find(name) else { return nil }
    return switch match.definition.name {
    case "query_timeout": "\(queryTimeoutNanoseconds / 1_000_000)ms"
    case "max_rows": "\(rowCountMax)"
    case "batch_rows": "\(batchRowCountMax)"
    case "batch_bytes": "\(batchByteCountMax)"
    case "prefetch_batches": "\(prefetchBatchCountMax)"
    case "prefetch_bytes": "\(prefetchByteCountMax)"
    case "prefetch_bytes_total": "\(prefetchTotalByteCountMax)"
    case "parallel": "\(readerCountMax)"
    case "ordered": isOrdered ? "on" : "off"
    default: nil
    }
  }

  private static let names: Set<String> = [
    "query_timeout", "max_rows", "batch_rows", "batch_bytes", "prefetch_batches",
    "prefetch_bytes", "prefetch_bytes_total", "parallel", "ordered",
  ]

  private static let table = OptionTable(OptionTable.common.filter { names.contains($0.name) })
}
