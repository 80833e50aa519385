/// Where the values of one column go in the application's memory, for rows at equal distances.
///
/// Addresses are the pointers' bits, 0 for null, with the bind offset already added. ODBC obliges
/// the application to keep room for the rowset at each of them until the column is unbound: that
/// makes every write here sound.
public struct BoundTarget: Hashable, Sendable {
  /// `SQL_DESC_DATA_PTR`.
  public var data: UInt
  /// Bytes from one row's value to the next.
  public var dataStride: Int
  /// Bytes of a value's buffer; ignored for types of fixed size.
  public var bufferLength: Int
  /// `SQL_DESC_INDICATOR_PTR`: receives NULL.
  public var indicator: UInt
  /// `SQL_DESC_OCTET_LENGTH_PTR`: receives lengths.
  public var lengthCell: UInt
  /// Bytes from one row's indicator or length to the next.
  public var cellStride: Int

  /// Describes a binding.
  public init(
    data: UInt, dataStride: Int, bufferLength: Int, indicator: UInt, lengthCell: UInt,
    cellStride: Int = 8
  ) {
    self.data = data
    self.dataStride = dataStride
    self.bufferLength = bufferLength
    self.indicator = indicator
    self.lengthCell = lengthCell
    self.cellStride = cellStride
  }

  /// One value, as SQLGetData has it: indicator and length share a cell.
  public init(data: UInt, bufferLength: Int, indicator: UInt) {
    self.init(
      data: data, dataStride: 0, bufferLength: bufferLength, indicator: indicator,
      lengthCell: indicator, cellStride: 0)
  }

  /// The binding of the row `rowCount` further.
  public func advanced(by rowCount: Int) -> BoundTarget {
    var target = self
    target.data = Self.move(data, rowCount &* dataStride)
    target.indicator = Self.move(indicator, rowCount &* cellStride)
    target.lengthCell = Self.move(lengthCell, rowCount &* cellStride)
    return target
  }

  private static func move(_ address: UInt, _ byteCount: Int) -> UInt {
    address == 0 ? 0 : address &+ UInt(bitPattern: byteCount)
  }
}
