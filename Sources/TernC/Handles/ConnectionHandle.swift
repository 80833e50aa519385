import TernColumns
import TernCore
import TernDriver

/// A connection in C's hands, and the texts that its getters gave out.
final class ConnectionHandle: HandleObject {
  static let kind = HandleKind.connection

  let connection: Connection
  /// How Arrow export writes fine timestamps.
  var timestamps: TimestampExport { connection.timestampExport }
  private let texts = Locked<[String: CText]>([:])
  private let warnings = Locked<[Warning]>([])
  private let taken = Locked<(CText, CText)?>(nil)

  init(_ connection: Connection) { self.connection = connection }

  /// Keeps the text of a setting until the next one of that name.
  func keep(_ text: String, for name: String) -> CText {
    let kept = CText(text)
    texts.withLock { $0[name] = kept }
    return kept
  }

  /// The oldest warning that nobody took, with texts that live until the next call.
  func takeWarning() -> (sqlState: CText, message: CText)? {
    let fresh = connection.takeWarnings()
    let first = warnings.withLock { warnings -> Warning? in
      warnings += fresh
      return warnings.isEmpty ? nil : warnings.removeFirst()
    }
    guard let first else { return nil }
    let texts = (CText(first.sqlState.text), CText(first.message))
    taken.withLock { $0 = texts }
    return texts
  }
}
