internal import TernColumns
internal import TernCore
internal import TernDriver

/// A statement that the server has described; it is sent again as a whole with every execution,
/// because the server keeps nothing prepared.
///
/// Source: Snowflake reference, sections 3.1 and 3.2.
final class SnowflakePreparation: Preparation {
  private let session: SnowflakeSession
  private let query: SnowflakeQuery
  /// Names of the markers, `1` and so on where they have none.
  private let markers: [String]
  /// Whether one execution takes many rows.
  private let takesArrays: Bool
  /// nil where the server did not describe it.
  private let kind: SnowflakeStatementKind?

  let parameterCount: Int
  let columns: [ColumnDescription]?
  let parameters: [ParameterDescription]?

  /// - Parameter answer: what the server says of the statement; nil where it was not asked, or says
  ///   nothing.
  /// - Parameter hasColumns: what is known of such a statement: false for none, nil for nothing.
  init(
    _ session: SnowflakeSession, _ sql: String, _ answer: SnowflakeAnswer?,
    hasColumns: Bool? = nil
  ) {
    self.session = session
    query = SnowflakeQuery(sql)
    // Some servers of the protocol describe no markers: those are counted here. The service itself,
    // whose answers have a version, knows better: quantifiers of patterns look the same.
    let told = answer.flatMap { answer in
      answer.numberOfBinds.flatMap { $0 > 0 || answer.version != nil ? $0 : nil }
    }
    let count = told.map { Int(clamping: max(0, $0)) } ?? SnowflakeText(sql).markerCount
    parameterCount = count
    takesArrays = answer?.isArrayBindSupported ?? false
    let binds = answer.map(\.binds) ?? []
    // A description of other markers than those that were counted describes none.
    let isDescribed = binds.count == count
    markers = (0..<count).map { index in
      let name = isDescribed ? binds[index].name : ""
      return name.isEmpty ? "\(index + 1)" : name
    }
    let types = session.typeOptions
    parameters =
      isDescribed
      ? binds.map { bind in
        let type = SnowflakeType(bind, types)
        return ParameterDescription(
          name: Int(bind.name) == nil ? bind.name : "", dataType: type.dataType, sql: type.sql)
      } : nil
    guard let answer else {
      kind = nil
      columns = hasColumns == false ? [] : nil
      return
    }
    let kind = session.kind(of: answer)
    self.kind = kind
    columns =
      switch kind {
      case .rows: answer.columns.map { $0.map { SnowflakeType($0, types).description } }
      case .changes, .none: []
      case .several: nil
      }
  }

  func execute(
    _ parameters: Batch?, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    try check(parameters)
    guard let parameters, parameterCount > 0 else {
      return try session.execute(query, options, context)
    }
    let rows = try SnowflakeParameterRows(
      parameters, markers, sendsMomentsAsText: session.settings.sendsMomentsAsText)
    if rows.count == 1 {
      return try session.execute(try rows.query(query, row: 0), options, context)
    }
    guard takesArrays else {
      return try session.executeEach(
        query, rows, isWriting: kind.map { $0 != .rows }, options, context)
    }
    return try session.executeAll(query, rows, options, context)
  }

  func close(_ context: CallContext) {}
}

extension SnowflakeSession {
  func prepare(_ sql: String, _ context: CallContext) throws(TernError) -> any Preparation {
    var query = SnowflakeQuery(sql)
    guard !SnowflakeText(sql).movesFiles else { return SnowflakePreparation(self, sql, nil) }
    query.isDescribing = true
    query.isInternal = true
    if let count = shared.withLock({ $0.statementCount }) {
      query.parameters.append(("MULTI_STATEMENT_COUNT", .number(count)))
    }
    do throws(TernError) {
      return SnowflakePreparation(self, sql, try run(query, context))
    } catch {
      guard Self.undescribed.contains(error.vendorCode) else { throw error }
      let isDefinition = error.vendorCode == Self.undescribedDefinition
      return SnowflakePreparation(self, sql, nil, hasColumns: isDefinition ? false : nil)
    }
  }

  /// What the server says of statements that it runs but does not describe, as the vendor's JDBC
  /// driver knows it: most definitions, texts whose format is a marker's neighbour (1026), and
  /// names that are markers (2128, 2129).
  private static let undescribed: Set<Int32> = [undescribedDefinition, 1_026, 2_128, 2_129]
  private static let undescribedDefinition: Int32 = 7
}

/// Rows of parameters, ready to be written in any form.
struct SnowflakeParameterRows {
  let bindings: [SnowflakeBinding]
  /// Rows.
  let count: Int
  private let markers: [String]
  /// Bytes of a row on average.
  private let rowByteCount: Int

  init(
    _ batch: Batch, _ markers: [String], sendsMomentsAsText: Bool
  ) throws(TernError) {
    bindings = try SnowflakeBinding.all(of: batch, sendsMomentsAsText: sendsMomentsAsText)
    count = batch.rowCount
    self.markers = markers
    rowByteCount = batch.byteCount / max(1, batch.rowCount)
  }

  /// Values.
  var cellCount: Int { count * bindings.count }

  /// A statement with the values of one row.
  func query(_ query: SnowflakeQuery, row: Int) throws(TernError) -> SnowflakeQuery {
    var query = query
    query.bindings = try SnowflakeBinding.json(bindings, markers, row: row)
    return query
  }

  /// A statement with lists of the values of some rows.
  func query(_ query: SnowflakeQuery, rows: Range<Int>) throws(TernError) -> SnowflakeQuery {
    var query = query
    query.bindings = try SnowflakeBinding.json(bindings, markers, rows: rows)
    return query
  }

  /// Rows of one statement, where all together are too many for one.
  private static let partRowCountMax = 16_384
  /// Bytes of one statement's values, about.
  private static let partByteCountMax = 16 << 20

  /// The rows in parts that requests can hold.
  var parts: [Range<Int>] {
    let size = min(
      Self.partRowCountMax, max(1, Self.partByteCountMax / max(1, rowByteCount)))
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
