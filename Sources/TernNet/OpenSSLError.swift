internal import COpenSSL

/// The calling thread's OpenSSL error queue.
enum OpenSSLError {
  /// Empties the queue and returns its first entry in OpenSSL's words.
  static func takeText() -> String {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0 else { return "no reason given" }
    // OpenSSL marks codes that are the system's (`ERR_SYSTEM_FLAG`) and has no words for them.
    if code & 0x8000_0000 != 0 { return systemMessage(CInt(code & 0x7FFF_FFFF)) }
    // A constant of the library, or nil.
    if let reason = unsafe ERR_reason_error_string(code) { return unsafe String(cString: reason) }
    return "OpenSSL error \(code)"
  }

  /// Empties the queue.
  static func clear() { ERR_clear_error() }

  /// The reason number of the first entry, which stays in the queue.
  static var reason: Int32 { ERR_GET_REASON(ERR_peek_error()) }
}
