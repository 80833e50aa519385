public import TernColumns
public import TernCore

/// Writes the values of one result column as one C type; chosen once, when column and record are
/// known, so that the loops decide nothing per value.
public struct ColumnConverter: Sendable {
  /// What it was chosen by.
  public let request: ConversionRequest
  /// The C type, aliases resolved.
  public let target: CTarget
  let family: SourceFamily

  /// Chooses the conversion.
  /// - Throws: HY003 for a C type that does not exist, 07006 for one that the column never becomes.
  public init(_ request: ConversionRequest) throws(TernError) {
    guard let target = CTarget(code: request.cType) else {
      throw .usage(
        "there is no C type \(request.cType)", SQLState("HY003") ?? .restrictedType)
    }
    let family = SourceFamily(request.dataType, sqlType: request.sqlType)
    guard family.converts(to: target, sqlType: request.sqlType) else {
      throw .usage(
        "a column of SQL type \(request.sqlType) cannot become C type \(request.cType)",
        .restrictedType)
    }
    self.request = request
    self.target = target
    self.family = family
  }

  /// Whether a column becomes a C type at all.
  public static func supports(_ cType: Int16, from type: DataType, sqlType: Int16) -> Bool {
    guard let target = CTarget(code: cType) else { return false }
    return SourceFamily(type, sqlType: sqlType).converts(to: target, sqlType: sqlType)
  }

  /// Writes `rows` of a column of the type it was chosen for.
  ///
  /// `target` is the binding of the first of them, which is row `firstRow` of the rowset. Values
  /// that are not exact are noted in `events`; rows that are not in the column are an internal
  /// error, and nothing is written.
  public func write(
    _ column: Column, _ rows: Range<Int>, to target: BoundTarget, firstRow: Int,
    _ events: ConversionEvents
  ) {
    guard rows.lowerBound >= 0, rows.upperBound <= column.count else {
      return events.note(firstRow, .corrupt)
    }
    assert(column.type == request.dataType, "chosen for another column")
    let job = FetchJob(
      validity: SourceBits(validity: column), rows: rows, target: target, firstRow: firstRow,
      events: events)
    switch family {
    case .null: job.nulls()
    case .bool: bool(column, job)
    case .integer: integers(column, job)
    case .decimal: decimals(column, job)
    case .approximate: doubles(column, job)
    case .text: texts(column, job)
    case .json, .mixed: rendered(column, job)
    case .bytes: bytes(column, job)
    case .guid: guids(column, job)
    case .date, .time, .timestamp: moments(column, job)
    case .months, .elapsed: intervals(column, job)
    }
  }

  /// As the native bytes of a C type: for `SQL_C_BINARY` of anything that is not bytes.
  func native(_ column: Column, _ job: FetchJob, as cType: Int16) {
    var inner = request
    inner.cType = cType
    guard let converter = try? ColumnConverter(inner),
      let byteCount = converter.target.byteCount
    else { return job.refuse(.restrictedType) }
    guard job.target.data == 0 || job.target.bufferLength >= byteCount else {
      return job.refuse(.numberOutOfRange)
    }
    converter.write(
      column, job.rows, to: job.target, firstRow: job.firstRow, job.events)
  }
}
