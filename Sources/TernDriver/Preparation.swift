public import TernColumns
public import TernCore

/// A statement the server (or the driver, where the server has none) has prepared.
public protocol Preparation: AnyObject, Sendable {
  /// One a marker, in the order of the text; nil: this server does not tell.
  var parameters: [ParameterDescription]? { get }
  /// How many markers the text has; known even where the types are not.
  var parameterCount: Int { get }
  /// What an execution would return: nil when not known before execution, empty without rows.
  var columns: [ColumnDescription]? { get }
  /// Runs it once for each row of `parameters`, or once without.
  func execute(
    _ parameters: Batch?, _ options: ExecutionOptions, _ context: CallContext
  ) throws(TernError) -> any Outcomes
  /// Frees it on the server. Twice is fine; failures are kept to the log.
  func close(_ context: CallContext)
}

extension Preparation {
  /// - Throws: `.usage` 07002 unless a parameter is bound for each marker.
  public func check(_ parameters: Batch?) throws(TernError) {
    let bound = parameters?.columns.count ?? 0
    guard bound == parameterCount else { throw .parameters(bound: bound, wanted: parameterCount) }
  }
}

extension TernError {
  /// 07002: so many parameters are bound, and the statement wants another number of them.
  public static func parameters(bound: Int, wanted: Int) -> TernError {
    .usage(
      "\(bound) \(bound == 1 ? "parameter is" : "parameters are") bound, the statement has "
        + "\(wanted)", .wrongParameterCount)
  }
}

/// What the server says about one parameter marker.
public struct ParameterDescription: Hashable, Sendable {
  /// Empty where markers have no names.
  public var name: String
  /// The Arrow type that fits best.
  public var dataType: DataType
  /// What SQL says.
  public var sql: SQLColumnType

  /// Makes a description.
  public init(name: String = "", dataType: DataType, sql: SQLColumnType) {
    self.name = name
    self.dataType = dataType
    self.sql = sql
  }
}
