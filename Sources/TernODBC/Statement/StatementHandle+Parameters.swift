import Tern

// SQLBindParameter, and executions with parameters.
extension StatementHandle {
  var hasBoundParameters: Bool { !apd.records.isEmpty }

  func executeWithParameters(_ prepared: PreparedText) throws(TernError) -> ReturnCode {
    throw .unsupported("not yet")
  }

  func parameterData(_ token: Address) throws(TernError) -> ReturnCode {
    throw .unsupported("not yet")
  }

  func putData(_ data: Address, _ length: Int) throws(TernError) -> ReturnCode {
    throw .unsupported("not yet")
  }
}
