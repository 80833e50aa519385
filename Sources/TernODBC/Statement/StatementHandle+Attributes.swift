import Tern

// SQLGetStmtAttr and SQLSetStmtAttr.
extension StatementHandle {
  /// Reads an attribute; all are eight bytes wide.
  func get(_ id: Int32, _ value: Address, _ length: Address) throws(TernError) -> ReturnCode {
    value.store(try attribute(id).get(self))
    length.store(Int32(8))
    return .success
  }

  /// Changes an attribute; the value stands in the pointer itself.
  func set(_ id: Int32, _ value: Address) throws(TernError) -> ReturnCode {
    try attribute(id).set(self, value.bits)
    return .success
  }

  private func attribute(_ id: Int32) throws(TernError) -> StatementAttribute {
    guard let row = StatementAttribute.all[id] else {
      throw .usage("there is no statement attribute \(id)", .unknownOption)
    }
    return row
  }

  /// Notes that the nearest value took the place of another.
  func degraded(_ what: String, to value: UInt) {
    diagnostics.warn(.optionChanged, "\(what) was replaced by \(value)")
  }

  /// Keyset-driven and dynamic cursors become static ones.
  func setCursorType(_ type: UInt) throws(TernError) {
    guard type <= 3 else {
      throw .usage("there is no cursor type \(type)", .invalidOptionValue)
    }
    guard cursor == nil else {
      throw .usage("the cursor is open", .invalidCursorState)
    }
    settings.cursorType = type == 0 ? 0 : StatementSettings.static
    if type == 1 || type == 2 { degraded("the cursor type", to: StatementSettings.static) }
  }

  /// The application descriptor of that number; none goes back to the implicit one.
  func descriptor(
    _ number: UInt, or implicit: DescriptorHandle
  ) throws(TernError) -> DescriptorHandle {
    guard number != 0 else { return implicit }
    guard case .descriptor(let found)? = HandleTable.live.find(Address(bits: number)) else {
      throw .usage("this is no descriptor", .invalidOptionValue)
    }
    if found === implicit { return implicit }
    guard found.isExplicit else {
      throw .usage("the descriptor belongs to another statement", .automaticDescriptor)
    }
    guard found.connection === connection else {
      throw .usage("the descriptor belongs to another connection", .invalidOptionValue)
    }
    return found
  }
}
