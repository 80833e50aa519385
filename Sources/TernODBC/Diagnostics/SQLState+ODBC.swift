import Tern

// States that only ODBC's own functions raise (ODBC Programmer's Reference, appendix A).
extension SQLState {
  /// 01S06: a fetch reached before the first row.
  static let beforeFirstRow = odbc("01S06")
  /// 01S07: a fraction was cut.
  static let fractionTruncated = odbc("01S07")
  /// 01002: a disconnect had trouble.
  static let disconnectError = odbc("01002")
  /// 07005: the statement gives no columns.
  static let noColumns = odbc("07005")
  /// 07S01: a default parameter is used wrongly.
  static let invalidDefaultParameter = odbc("07S01")
  /// 08002: the connection is open already.
  static let alreadyConnected = odbc("08002")
  /// 34000: a cursor name is not allowed.
  static let invalidCursorName = odbc("34000")
  /// 3C000: a cursor name is taken.
  static let duplicateCursorName = odbc("3C000")
  /// 42000: the text cannot be read.
  static let syntax = odbc("42000")
  /// HY003: no such C type.
  static let invalidCType = odbc("HY003")
  /// HY004: no such SQL type.
  static let invalidSQLType = odbc("HY004")
  /// HY007: the statement is not prepared.
  static let notPrepared = odbc("HY007")
  /// HY011: the attribute cannot be set now.
  static let attributeLocked = odbc("HY011")
  /// HY012: no such way to end a transaction.
  static let invalidTransactionCode = odbc("HY012")
  /// HY016: an implementation row descriptor cannot be changed.
  static let readOnlyDescriptor = odbc("HY016")
  /// HY017: an automatic descriptor is used where it may not be.
  static let automaticDescriptor = odbc("HY017")
  /// HY019: only text and bytes come in pieces.
  static let piecesNotAllowed = odbc("HY019")
  /// HY020: NULL has no pieces.
  static let piecesAfterNull = odbc("HY020")
  /// HY021: a descriptor record contradicts itself.
  static let inconsistentDescriptor = odbc("HY021")
  /// HY091: no such descriptor field.
  static let unknownDescriptorField = odbc("HY091")
  /// HY095: no such function.
  static let unknownFunction = odbc("HY095")
  /// HY096: no such information.
  static let unknownInfo = odbc("HY096")
  /// HY097: no such column type in SQLSpecialColumns.
  static let invalidColumnType = odbc("HY097")
  /// HY098: no such scope.
  static let invalidScope = odbc("HY098")
  /// HY099: no such nullability.
  static let invalidNullability = odbc("HY099")
  /// HY100: no such uniqueness.
  static let invalidUniqueness = odbc("HY100")
  /// HY101: no such accuracy.
  static let invalidAccuracy = odbc("HY101")
  /// HY104: a precision or scale is not allowed.
  static let invalidPrecision = odbc("HY104")
  /// HY105: no such parameter direction.
  static let invalidParameterType = odbc("HY105")
  /// HY106: no such fetch.
  static let invalidFetchType = odbc("HY106")
  /// HY107: no such row in the rowset.
  static let invalidRow = odbc("HY107")
  /// HY109: the cursor does not stand on such a row.
  static let invalidCursorPosition = odbc("HY109")
  /// HY110: no such completion.
  static let invalidCompletion = odbc("HY110")

  private static func odbc(_ text: String) -> SQLState { SQLState(text) ?? .general }
}
