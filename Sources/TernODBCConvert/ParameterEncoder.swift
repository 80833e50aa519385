public import TernColumns
public import TernCore

/// Turns the bound parameters of one execution into one batch, a row a set.
///
/// First everything that comes at execution is collected, then `encode()` converts all sets; if
/// any value does not convert, nothing is sent. Everything is read during the calls only.
public final class ParameterEncoder {
  /// The values that were refused, by set (from 0) and parameter (from 1).
  public let events = ConversionEvents()
  /// The sets that are not ignored, from 0: row n of the batch is set `sets[n]`.
  public let sets: [Int]

  let parameters: [BoundParameter]
  private let targets: [CTarget]
  private let kinds: [ParameterKind]
  private let today: Int32
  private var pending: [(set: Int, parameter: Int)] = []
  private var nextPending = 0
  private var current: (set: Int, parameter: Int)?
  private var put: [[Int]: PutData] = [:]
  private var putByteCount = 0

  /// Starts an execution.
  ///
  /// - Parameter operations: address of an array of `SQL_PARAM_PROCEED` and `SQL_PARAM_IGNORE`,
  ///   two bytes each; 0 for none.
  /// - Parameter today: days since 1970 of the date that a time gets as a timestamp.
  /// - Throws: HY003 for an unknown C type, 07006 for one that does not become its SQL type.
  public init(
    _ parameters: [BoundParameter], setCount: Int, operations: UInt = 0, today: Int32 = 0
  ) throws(TernError) {
    self.parameters = parameters
    self.today = today
    sets = (0..<max(0, setCount)).filter { set in
      let operation = TargetMemory.load(
        UInt16.self, at: operations == 0 ? 0 : operations &+ UInt(set * 2))
      return operation != 1
    }
    var targets: [CTarget] = []
    var kinds: [ParameterKind] = []
    for (index, parameter) in parameters.enumerated() {
      let (target, kind) = try Self.types(parameter, number: index + 1)
      targets.append(target)
      kinds.append(kind)
    }
    (self.targets, self.kinds) = (targets, kinds)
    for set in sets {
      for (index, parameter) in parameters.enumerated()
      where parameter.length(set) == .atExecution {
        pending.append((set, index))
      }
    }
  }

  /// Whether a C type becomes a SQL type.
  public static func supports(_ cType: Int16, to sqlType: Int16) -> Bool {
    guard let target = CTarget(code: cType) else { return false }
    return ParameterKind(sqlType: sqlType, from: target).converts(from: target)
  }

  /// Ends the parameter that was being sent and moves to the next one.
  ///
  /// - Returns: its data pointer as bound, for SQLParamData; nil when all are there.
  /// - Throws: HY010 if nothing was sent for the one before.
  public func nextAtExecution() throws(TernError) -> UInt? {
    if let current, put[[current.set, current.parameter]]?.hasData != true {
      throw .usage("no data was sent for parameter \(current.parameter + 1)", .sequence)
    }
    guard nextPending < pending.count else {
      current = nil
      return nil
    }
    let next = pending[nextPending]
    nextPending += 1
    current = next
    return parameters[next.parameter].address(next.set)
  }

  /// Takes a piece of the current parameter over: bytes, `SQL_NTS` or `SQL_NULL_DATA`.
  public func append(at address: UInt, _ length: Int) throws(TernError) {
    guard let current else { throw .usage("no parameter waits for data", .sequence) }
    let key = [current.set, current.parameter]
    var data = put.removeValue(forKey: key) ?? PutData()
    defer { put[key] = data }
    let before = data.bytes.count
    try data.append(
      at: address, length, targets[current.parameter],
      budget: PutData.byteCountMax - putByteCount)
    putByteCount += data.bytes.count - before
  }

  /// Converts all sets.
  ///
  /// - Returns: the batch, or nil if `events` says what did not convert.
  public func encode() throws(TernError) -> Batch? {
    var fields: [Field] = []
    var columns: [Column] = []
    for index in parameters.indices {
      events.column = index + 1
      let column = try column(index)
      columns.append(column)
      fields.append(Field("", column.type))
    }
    guard !events.hasErrors else { return nil }
    return try Batch(Schema(fields), columns, rowCount: sets.count)
  }

  private static func types(
    _ parameter: BoundParameter, number: Int
  ) throws(TernError) -> (CTarget, ParameterKind) {
    let told = parameter.sqlType == 0 ? parameter.describedType : parameter.sqlType
    let code = parameter.cType == CType.default ? CType.standard(for: told) : parameter.cType
    guard let target = CTarget(code: code) else {
      throw .usage(
        "parameter \(number): there is no C type \(code)", SQLState("HY003") ?? .restrictedType)
    }
    let sqlType = told == 0 ? ParameterKind.sqlType(for: target) : told
    let kind = ParameterKind(sqlType: sqlType, from: target)
    guard kind.converts(from: target) else {
      throw .usage(
        "parameter \(number): C type \(code) cannot become SQL type \(sqlType)", .restrictedType)
    }
    return (target, kind)
  }

  private func column(_ index: Int) throws(TernError) -> Column {
    var column = ParameterColumn(
      parameters[index], targets[index], kinds[index], today: today)
    for set in sets {
      let outcome: ConversionOutcome
      if let data = put[[set, index]] {
        outcome = try column.append(data)
      } else {
        outcome = try column.append(set)
      }
      if outcome != .exact { events.note(set, outcome) }
      if outcome.isError { try column.appendNull() }
    }
    return try column.finish()
  }

  /// Bytes before the terminator of a text.
  static func terminatedByteCount(at address: UInt, _ target: CTarget) -> Int {
    guard address != 0 else { return 0 }
    if target == .wchar { return UTF16Text.terminatedLength(at: address) &* 2 }
    var count = 0
    while let byte = TargetMemory.load(
      UInt8.self, at: address &+ UInt(bitPattern: count)), byte != 0
    {
      count &+= 1
    }
    return count
  }
}
