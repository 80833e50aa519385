import CTern
import TernCore

/// An error as C reads it: texts that live as long as the object.
final class ErrorHandle: HandleObject {
  static let kind = HandleKind.error

  /// One of `tern_code`.
  let code: Int32
  let error: TernError
  let sqlState: CText
  let message: CText
  let queryID: CText

  /// Takes the numbers and texts of `error`.
  init(_ code: Int32, _ error: TernError) {
    self.code = code
    self.error = error
    sqlState = CText(error.sqlState.text)
    message = CText(error.message)
    queryID = CText(error.queryID ?? "")
  }
}
