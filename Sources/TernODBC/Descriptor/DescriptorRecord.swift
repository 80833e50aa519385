import TernODBCConvert

/// One column or parameter of a descriptor: what an application bound, or what SQL says of a
/// parameter.
struct DescriptorRecord: Hashable {
  /// `SQL_DESC_CONCISE_TYPE`: a C type in application descriptors, a SQL type in others.
  var conciseType = CType.default
  /// `SQL_DESC_LENGTH`: characters, bytes or digits.
  var length = 0
  /// `SQL_DESC_OCTET_LENGTH`: the buffer's size.
  var octetLength = 0
  /// `SQL_DESC_PRECISION`.
  var precision: Int16 = 0
  /// `SQL_DESC_SCALE`.
  var scale: Int16 = 0
  /// `SQL_DESC_NUM_PREC_RADIX`.
  var radix: Int32 = 0
  /// `SQL_DESC_DATETIME_INTERVAL_PRECISION`.
  var intervalPrecision: Int32 = 0
  /// `SQL_DESC_DATA_PTR`.
  var data = Address.null
  /// `SQL_DESC_INDICATOR_PTR`: receives or tells NULL.
  var indicator = Address.null
  /// `SQL_DESC_OCTET_LENGTH_PTR`: receives or tells lengths.
  var lengthCell = Address.null
  /// `SQL_DESC_PARAMETER_TYPE`.
  var parameterType: Int16 = 1
  /// `SQL_DESC_NAME`.
  var name = ""
  /// `SQL_DESC_NULLABLE`.
  var nullable: Int16 = 1
  /// Whether the application itself set precision or scale, so that they count for numerics.
  var hasOwnScale = false

  /// Whether a fetch writes here, or an execution reads here.
  var isBound: Bool { !data.isNull || !indicator.isNull || !lengthCell.isNull }

  /// The defaults of a type (ODBC, SQLSetDescField, "SQL_DESC_TYPE").
  mutating func setType(_ concise: Int16) {
    conciseType = concise
    (length, precision, scale, intervalPrecision) = (0, 0, 0, 0)
    hasOwnScale = false
    switch concise {
    case CType.char, 12, CType.wchar, -9: length = 1
    case CType.numeric, 3: precision = 38
    case CType.timestamp, 11: precision = 6
    case 101...113:
      intervalPrecision = 2
      if [104, 107, 109, 110, 112, 113].contains(concise) { precision = 6 }
    default: break
    }
  }

  /// Whether the type exists and its digits make sense.
  var isConsistent: Bool {
    let isKnown = CType.isKnown(conciseType) || TypeFacts.known(conciseType) != nil
    guard isKnown else { return false }
    guard conciseType == CType.numeric || conciseType == 3 else { return true }
    return precision >= 0 && precision <= 127
  }
}
