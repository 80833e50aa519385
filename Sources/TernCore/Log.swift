private import Synchronization

/// The process-wide log: off until a sink is set, redacted before any sink sees a line.
///
/// Sinks are a C callback (`tern_log_set`), or the file named by `TERN_LOG_FILE` at the level of
/// `TERN_LOG`, which `TernNet` installs.
public enum Log {
  /// How much is written; each level holds those above it.
  public enum Level: Int32, Sendable, Comparable, CaseIterable {
    case off = 0, error, warning, info, debug, trace

    /// Less is written on the left.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

    /// The level of that name (`off`, `error`, … `trace`), compared without regard to case.
    public init?(name: String) {
      let wanted = name.lowercased()
      guard let level = Level.allCases.first(where: { $0.name == wanted }) else { return nil }
      self = level
    }

    /// The name as `TERN_LOG` and `log_level` spell it.
    public var name: String {
      switch self {
      case .off: "off"
      case .error: "error"
      case .warning: "warning"
      case .info: "info"
      case .debug: "debug"
      case .trace: "trace"
      }
    }
  }

  /// Receives lines without a line end. Any thread; must not call back into the log.
  public typealias Sink = @Sendable (Level, String) -> Void

  private struct State {
    var sink: Sink?
    var hidden: [String: Int] = [:]
  }

  private static let state = Lock(State())
  private static let level = Atomic<Int32>(Level.off.rawValue)

  /// Sets where lines go and how many; nil switches the log off. Any thread.
  public static func set(_ sink: Sink?, level newLevel: Level) {
    state.withLock { $0.sink = sink }
    level.store(sink == nil ? 0 : newLevel.rawValue, ordering: .releasing)
  }

  /// Whether a line of this level would be written; for work that only serves the log.
  public static func isOn(_ wanted: Level) -> Bool {
    wanted.rawValue <= level.load(ordering: .acquiring)
  }

  /// Writes a line. `message` is only evaluated when the level is on.
  public static func write(_ wanted: Level, _ message: @autoclosure () -> String) {
    guard isOn(wanted) else { return }
    let line = message()
    // The sink runs outside the lock: a slow one may not hold up other threads.
    let (sink, secrets) = state.withLock { ($0.sink, Array($0.hidden.keys)) }
    sink?(wanted, Redaction.hide(secrets, in: line))
  }

  /// `text` from outside, such as a server's words, without any secret of this process: it may have
  /// been told one, and told it back.
  public static func redacted(_ text: String) -> String {
    Redaction.hide(state.withLock { Array($0.hidden.keys) }, in: text)
  }

  /// The same, no longer than so many characters. Secrets go first, so that no half of one stays.
  public static func redacted(_ text: String, characterCountMax: Int) -> String {
    let clean = redacted(text)
    let cut = clean.prefix(characterCountMax)
    return cut.endIndex == clean.endIndex ? clean : cut + "…"
  }

  /// Keeps `secret` out of every line until `unhide`. Calls count.
  static func hide(_ secret: String) {
    guard secret.utf8.count >= hiddenByteCountMin else { return }
    state.withLock { $0.hidden[secret, default: 0] += 1 }
  }

  /// Takes one `hide` back.
  static func unhide(_ secret: String) {
    state.withLock { state in
      guard let count = state.hidden[secret] else { return }
      state.hidden[secret] = count > 1 ? count - 1 : nil
    }
  }

  /// Shorter texts would blot out words of every line.
  private static let hiddenByteCountMin = 3
}
