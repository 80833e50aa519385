import Tern

/// The converters of the bound columns, chosen once for a cursor and a version of the bindings.
struct BoundTransfers {
  /// Writes the rowset into the bound buffers.
  mutating func write(
    _ cursor: Cursor, to ard: DescriptorHandle, _ settings: StatementSettings
  ) throws(TernError) -> [TransferProblem] {
    throw .unsupported("not yet")
  }
}
