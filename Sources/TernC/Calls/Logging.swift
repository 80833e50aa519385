public import CTern
import TernCore

/// Sets where the whole process logs to, and how much.
///
/// `level` is one of enum tern_log_level; a NULL `callback` or level 0 switches the log off.
/// Numbers beyond the last level mean that one. `context` is handed to every call and must stay
/// valid until another callback was set and running calls have returned. Lines are redacted before
/// the callback sees them. Without a callback the environment's `TERN_LOG` and `TERN_LOG_FILE`
/// decide. Any thread.
@_cdecl("tern_log_set")
public func tern_log_set(
  _ callback: tern_log_callback?, _ context: UnsafeMutableRawPointer?, _ level: Int32
) {
  let wanted = Log.Level(rawValue: min(max(level, 0), Log.Level.trace.rawValue)) ?? .off
  guard let callback = unsafe callback, wanted != .off else {
    return Log.set(nil, level: .off)
  }
  let receiver = unsafe LogReceiver(callback, context)
  Log.set({ level, line in receiver.receive(level, line) }, level: wanted)
}
