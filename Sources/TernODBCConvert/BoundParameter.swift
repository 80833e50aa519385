/// One parameter as both descriptors describe it: where the application keeps the values, and what
/// SQL type they become.
///
/// Addresses are the pointers' bits, 0 for null, with the bind offset already added. ODBC obliges
/// the application to keep values of the C type at each of them during the call, which makes
/// every read here sound.
public struct BoundParameter: Hashable, Sendable {
  /// The C type; may be `SQL_C_DEFAULT`.
  public var cType: Int16
  /// The concise SQL type with ODBC 3's numbers; 0 takes the described one or what fits the C type.
  public var sqlType: Int16
  /// Scale of the application's record for `SQL_C_NUMERIC`; nil: the structure's own.
  public var numericScale: Int16?
  /// Fraction digits of an interval structure's seconds.
  public var secondsPrecision = 6
  /// The SQL type that the server says the marker has; 0 if it does not.
  public var describedType: Int16 = 0
  /// `SQL_DESC_DATA_PTR`.
  public var data: UInt
  /// Bytes from one set's value to the next.
  public var dataStride: Int
  /// Bytes of a value's buffer.
  public var bufferLength: Int
  /// `SQL_DESC_INDICATOR_PTR`: tells NULL.
  public var indicator: UInt
  /// `SQL_DESC_OCTET_LENGTH_PTR`: tells lengths.
  public var lengthCell: UInt
  /// Bytes from one set's indicator or length to the next.
  public var cellStride: Int

  /// Describes a binding.
  public init(
    cType: Int16, sqlType: Int16, data: UInt, dataStride: Int, bufferLength: Int,
    indicator: UInt, lengthCell: UInt, cellStride: Int = 8
  ) {
    self.cType = cType
    self.sqlType = sqlType
    self.data = data
    self.dataStride = dataStride
    self.bufferLength = bufferLength
    self.indicator = indicator
    self.lengthCell = lengthCell
    self.cellStride = cellStride
  }

  /// Where the value of a set is, 0 for null.
  func address(_ set: Int) -> UInt {
    data == 0 ? 0 : data &+ UInt(bitPattern: set &* dataStride)
  }

  /// What the cells of a set say.
  func length(_ set: Int) -> ParameterLength {
    let step = UInt(bitPattern: set &* cellStride)
    if indicator != 0, TargetMemory.load(Int.self, at: indicator &+ step) == -1 { return .null }
    guard lengthCell != 0 else { return .unknown }
    switch TargetMemory.load(Int.self, at: lengthCell &+ step) ?? 0 {
    case -1: return .null
    case -2: return .atExecution
    case -3: return .terminated
    case -5: return .defaultParameter
    case let length where length >= 0: return .bytes(length)
    case let length where length <= -100: return .atExecution
    default: return .invalid
    }
  }
}

/// What a length or indicator cell says of a parameter's value.
enum ParameterLength: Hashable {
  /// No cell: text is terminated, the rest has its own size.
  case unknown
  case bytes(Int)
  /// `SQL_NTS`.
  case terminated
  /// `SQL_NULL_DATA`.
  case null
  /// `SQL_DATA_AT_EXEC`, `SQL_LEN_DATA_AT_EXEC`.
  case atExecution
  /// `SQL_DEFAULT_PARAM`.
  case defaultParameter
  case invalid
}
