import CTern
import TernCore

/// A C function that wants log lines, and what it wants handed in.
@safe final class LogReceiver: @unchecked Sendable {
  // Sound as Sendable: the header asks callers for a function that any thread may call.

  private let callback: tern_log_callback
  private let context: UnsafeMutableRawPointer?

  init(_ callback: @escaping tern_log_callback, _ context: UnsafeMutableRawPointer?) {
    unsafe self.callback = callback
    unsafe self.context = context
  }

  /// Hands a line over; it lives as long as the call.
  func receive(_ level: Log.Level, _ line: String) {
    let text = CText(line)
    unsafe callback(context, level.rawValue, text.start, Int64(text.count))
  }
}
