import CTern
import TernCore

/// The numbers of `tern_code`, as functions return them.
enum Code {
  static let ok = Int32(TERN_OK.rawValue)
  static let done = Int32(TERN_DONE.rawValue)
  static let usage = Int32(TERN_ERROR_USAGE.rawValue)
  static let handle = Int32(TERN_ERROR_HANDLE.rawValue)

  /// The one place that decides which number an error gets.
  static func of(_ error: TernError) -> Int32 {
    if error.sqlState == .memory { return TERN_ERROR_MEMORY.rawValue }
    return switch error.kind {
    case .connection: TERN_ERROR_CONNECTION.rawValue
    case .authentication: TERN_ERROR_AUTHENTICATION.rawValue
    case .sql: TERN_ERROR_SQL.rawValue
    case .data: TERN_ERROR_DATA.rawValue
    case .usage: TERN_ERROR_USAGE.rawValue
    case .timeout: TERN_ERROR_TIMEOUT.rawValue
    case .cancelled: TERN_ERROR_CANCELLED.rawValue
    case .unsupported: TERN_ERROR_UNSUPPORTED.rawValue
    case .internal: TERN_ERROR_INTERNAL.rawValue
    }
  }

  /// The name of a number, as the header spells it.
  static func name(_ code: Int32) -> StaticString {
    switch code {
    case TERN_OK.rawValue: "TERN_OK"
    case TERN_DONE.rawValue: "TERN_DONE"
    case TERN_ERROR_CONNECTION.rawValue: "TERN_ERROR_CONNECTION"
    case TERN_ERROR_AUTHENTICATION.rawValue: "TERN_ERROR_AUTHENTICATION"
    case TERN_ERROR_SQL.rawValue: "TERN_ERROR_SQL"
    case TERN_ERROR_DATA.rawValue: "TERN_ERROR_DATA"
    case TERN_ERROR_USAGE.rawValue: "TERN_ERROR_USAGE"
    case TERN_ERROR_TIMEOUT.rawValue: "TERN_ERROR_TIMEOUT"
    case TERN_ERROR_CANCELLED.rawValue: "TERN_ERROR_CANCELLED"
    case TERN_ERROR_INTERNAL.rawValue: "TERN_ERROR_INTERNAL"
    case TERN_ERROR_UNSUPPORTED.rawValue: "TERN_ERROR_UNSUPPORTED"
    case TERN_ERROR_MEMORY.rawValue: "TERN_ERROR_MEMORY"
    case TERN_ERROR_HANDLE.rawValue: "TERN_ERROR_HANDLE"
    default: "TERN_UNKNOWN_CODE"
    }
  }
}
