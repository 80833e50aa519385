import Tern

// SQLGetData.
extension StatementHandle {
  /// Writes a value, or the next piece of it.
  func getData(
    _ number: UInt16, _ cType: Int16, _ target: Address, _ capacity: Int, _ indicator: Address
  ) throws(TernError) -> ReturnCode {
    throw .unsupported("not yet")
  }
}
