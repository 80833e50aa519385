import Tern

// SQLGetCursorName and SQLSetCursorName.
extension StatementHandle {
  private static let nameLengthMax = 128

  /// The name, made now if nobody gave one.
  func cursorName(_ output: OutputText) throws(TernError) -> ReturnCode {
    let name: String
    if let given = cursorName {
      name = given
    } else {
      connection.cursorCount += 1
      name = "SQL_CUR\(connection.cursorCount)"
      cursorName = name
    }
    try diagnostics.write(name, to: output)
    return .success
  }

  /// Gives a name.
  func setCursorName(_ text: InputText) throws(TernError) -> ReturnCode {
    let name = try text.required("cursor name")
    guard cursor == nil else { throw .usage("the cursor is open", .invalidCursorState) }
    let folded = name.uppercased()
    guard !name.isEmpty, name.unicodeScalars.count <= StatementHandle.nameLengthMax,
      !folded.hasPrefix("SQL_CUR"), !folded.hasPrefix("SQLCUR")
    else { throw .usage("the cursor name is not allowed", .invalidCursorName) }
    let isTaken = connection.statements.values.contains { other in
      other !== self && other.cursorName?.uppercased() == folded
    }
    guard !isTaken else {
      throw .usage("another statement has a cursor of that name", .duplicateCursorName)
    }
    cursorName = name
    return .success
  }
}
