internal import TernColumns
internal import TernCore
internal import TernDriver

/// The results of one text in order, the last of which may be an error.
final class MaxScaleOutcomes: Outcomes {
  /// One result.
  enum Item: Sendable {
    case outcome(Outcome)
    case failure(TernError)
  }

  private let rest: Locked<ArraySlice<Item>>

  init(_ items: [Item]) { rest = Locked(items[...]) }

  func next(_ context: CallContext) throws(TernError) -> Outcome? {
    switch rest.withLock({ $0.popFirst() }) {
    case nil: return nil
    case .outcome(let outcome): return outcome
    case .failure(let error): throw error
    }
  }

  func close(_ context: CallContext) { rest.withLock { $0 = [] } }
}

// Results whose columns are known only behind their rows.
extension MaxScaleSession {
  /// The results of a text that was run as it is.
  func outcomes(
    _ results: [MaxScaleResult], _ text: MaxScaleText, _ options: ExecutionOptions
  ) throws(TernError) -> [MaxScaleOutcomes.Item] {
    var items: [MaxScaleOutcomes.Item] = []
    for result in results {
      switch result {
      case .changed(let change): items.append(.outcome(change.outcome))
      case .failed(let fault): items.append(.failure(MaxScaleErrors.error(fault)))
      case .rows(let rows): items.append(.outcome(.rows(try pages(rows, text, options))))
      }
    }
    return items
  }

  /// Rows of a statement that was run as it is.
  private func pages(
    _ rows: MaxScaleRows, _ text: MaxScaleText, _ options: ExecutionOptions
  ) throws(TernError) -> any PageSource {
    if !rows.isComplete { try checkCut(options) }
    let held = try MaxScaleHeldRows(
      rows, rules, isTrusted: text.isShow, isRaw: settings.exactness == .raw)
    if held.hasRoundedValues {
      warn(
        Warning(
          SQLState("01S07") ?? .warning, "FLOAT columns of this statement have six digits only"))
    }
    return try held.pages(rowCountMax: rowCountMax(options), options, line)
  }
}

/// Rows that were received before their columns, of a statement that was run as it is.
///
/// A column whose values may have been changed on the way is an error as soon as there is a row,
/// unless the caller wants what comes; a result without rows has nothing to be wrong.
struct MaxScaleHeldRows {
  private let rows: MaxScaleRows
  private let types: [MaxScaleType]
  private let layout: MaxScaleLayout
  private let isRaw: Bool

  /// - Parameter isTrusted: whether all that the statement shows is text and plain numbers.
  init(
    _ rows: MaxScaleRows, _ rules: MaxScaleTypeRules, isTrusted: Bool, isRaw: Bool
  ) throws(TernError) {
    self.rows = rows
    self.isRaw = isRaw || isTrusted
    let described = rows.columns?.map { MaxScaleType($0, isBinary: isTrusted ? false : nil) }
    types = if let described { described } else { try MaxScaleKinds.types(rows) }
    layout = MaxScaleLayout(
      MaxScaleDescription(names: rows.names, types: types, columns: rows.columns), rules, nil)
  }

  /// Whether the server itself has rounded values.
  var hasRoundedValues: Bool { types.contains { $0.loss == .digits } }

  /// The rows in batches; `line` ends if they are malformed.
  func pages(
    rowCountMax: Int64, _ options: ExecutionOptions, _ line: MaxScaleLine?
  ) throws(TernError) -> MaxScalePages {
    var checks = MaxScaleChecks()
    checks.rowCountMax = rowCountMax
    checks.types = types.map(\.name)
    if !isRaw {
      // Without a description a text may as well be bytes, and any number an unsigned one.
      let isUnknown = rows.columns == nil
      let refused = types.firstIndex { $0.loss == .bytes || (isUnknown && $0.kind == .other) }
      checks.refused = refused.map { ($0, .bytes) }
      checks.saturating = types.indices.filter {
        types[$0].loss == .saturates || (isUnknown && types[$0].kind == .bigint)
      }
    }
    return try MaxScalePages(layout, try JSONReader(rows.data), nil, checks, options, line)
  }
}

/// The types of results without a description, from the kinds of their values: one that is not
/// NULL tells that of its column. What a text stands for is not guessed.
///
/// Source: MaxScale reference, section 8.2 b.
enum MaxScaleKinds {
  static func types(_ rows: MaxScaleRows) throws(TernError) -> [MaxScaleType] {
    var kinds: [MaxScaleType.Kind?] = rows.names.map { _ in nil }
    let reader = try JSONReader(rows.data)
    try reader.beginArray()
    while try reader.nextElement() {
      try reader.beginArray()
      var index = 0
      while try reader.nextElement() {
        guard kinds.indices.contains(index) else { throw .badReply("a row of too many values") }
        if kinds[index] == nil {
          kinds[index] = try kind(reader)
        } else {
          try reader.skip()
        }
        index += 1
      }
      if !kinds.contains(where: { $0 == nil }) { break }
    }
    return kinds.map { MaxScaleType($0 ?? .other) }
  }

  /// What one value says about its column; nothing if it is NULL.
  private static func kind(_ reader: JSONReader) throws(TernError) -> MaxScaleType.Kind? {
    switch try reader.peek() {
    case .null:
      _ = try reader.null()
      return nil
    case .number:
      let text = try reader.numberText()
      return text.utf8.contains { [0x2E, 0x65, 0x45].contains($0) } ? .double : .bigint
    default:
      try reader.skip()
      return .other
    }
  }
}
