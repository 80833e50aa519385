import Tern
import TernODBCConvert

/// What SQLBindParameter binds: the application's side and SQL's side of one parameter.
struct ParameterBinding {
  let cType: Int16
  let sqlType: Int16
  let size: UInt
  let digits: Int16
  let data: Address
  let capacity: Int
  let indicator: Address

  /// `SQL_PARAM_TYPE_UNKNOWN` and `SQL_PARAM_INPUT`.
  private static let inputs: Set<Int16> = [0, 1]
  /// Directions that ODBC knows and this driver has no use for.
  private static let outputs: Set<Int16> = [2, 4, 8, 16]

  /// Refuses what cannot be bound.
  func check(direction: Int16) throws(TernError) {
    guard ParameterBinding.inputs.contains(direction) else {
      throw ParameterBinding.outputs.contains(direction)
        ? .unsupported("only input parameters are supported")
        : .usage("there is no parameter direction \(direction)", .invalidParameterType)
    }
    guard CType.isKnown(cType) else {
      throw .usage("there is no C type \(cType)", .invalidCType)
    }
    guard sqlType == 0 || TypeFacts.known(modernType) != nil else {
      throw .usage("there is no SQL type \(sqlType)", .invalidSQLType)
    }
    guard capacity >= 0 else {
      throw .usage("a buffer of \(capacity) bytes", .invalidLength)
    }
    let isNumber = modernType == ODBCType.decimal || modernType == ODBCType.numeric
    guard !isNumber || digits >= 0 else {
      throw .usage("a scale of \(digits)", .invalidPrecision)
    }
    guard !data.isNull || !indicator.isNull else {
      throw .usage("neither a value nor an indicator is bound", .nullArgument)
    }
  }

  /// The SQL type with ODBC 3's numbers for dates and times.
  var modernType: Int16 { (9...11).contains(sqlType) ? sqlType + 82 : sqlType }
}

extension StatementHandle {
  /// SQLBindParameter: writes a record of both parameter descriptors.
  func bindParameter(
    _ number: UInt16, _ direction: Int16, _ binding: ParameterBinding
  ) throws(TernError) -> ReturnCode {
    guard number >= 1 else {
      throw .usage("parameters are counted from 1", .invalidIndex)
    }
    try binding.check(direction: direction)
    try apd.change(Int(number)) { record throws(TernError) in
      record.setType(binding.cType)
      record.octetLength = binding.capacity
      record.data = binding.data
      record.indicator = binding.indicator
      record.lengthCell = binding.indicator
      if binding.cType == CType.numeric {
        record.precision = Int16(clamping: binding.size == 0 ? 38 : binding.size)
        record.scale = binding.digits
        record.hasOwnScale = true
      }
    }
    try ipd.change(Int(number)) { record throws(TernError) in
      record.setType(binding.modernType)
      record.length = Int(clamping: binding.size)
      record.precision =
        TypeFacts.of(binding.modernType).isNumeric
        ? Int16(clamping: binding.size) : binding.digits
      record.scale = binding.digits
      record.parameterType = 1
    }
    return .success
  }
}
