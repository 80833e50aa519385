/// One column of a batch in Arrow layout, immutable.
///
/// Buffers by type: fixed-width types have `values`; `utf8`, `binary` and their large forms have
/// offsets in `values` and bytes in `data`; lists have offsets in `values` and one child;
/// structures have children; `null` has nothing.
public struct Column: Sendable {
  /// The type of each value.
  public let type: DataType
  /// Values, NULLs among them.
  public let count: Int
  /// NULLs among them.
  public let nullCount: Int
  /// Index of the first value in the buffers; not 0 after slicing or an import.
  public let offset: Int
  /// One bit a value, 1 = valid, least significant bit first; nil when nothing is NULL.
  public let validity: Buffer?
  /// Values, bits or offsets.
  public let values: Buffer?
  /// The bytes that offsets point into.
  public let data: Buffer?
  /// The columns inside a list, structure or map.
  public let children: [Column]

  /// Takes buffers that are known to fit together; whoever builds a column checks that.
  init(
    trusted type: DataType, count: Int, nullCount: Int, offset: Int = 0, validity: Buffer? = nil,
    values: Buffer? = nil, data: Buffer? = nil, children: [Column] = []
  ) {
    self.type = type
    self.count = count
    self.nullCount = nullCount
    self.offset = offset
    self.validity = nullCount == 0 ? nil : validity
    self.values = values
    self.data = data
    self.children = children
  }
}
