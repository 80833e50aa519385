internal import Glibc
public import TernCore

/// The log file of `TERN_LOG` and `TERN_LOG_FILE`, or of the options `log_level` and `log_file`.
public enum LogFile {
  /// Switches the log on by the environment, once per process; later calls do nothing.
  ///
  /// `TERN_LOG` is a level; `TERN_LOG_FILE` a path, standard error without it.
  public static func installFromEnvironment() { _ = isInstalled }

  /// Appends lines up to `level` to the file at `path`, or to standard error if nil.
  ///
  /// - Throws: `.usage` when the file cannot be opened.
  public static func install(_ level: Log.Level, path: String?) throws(TernError) {
    let descriptor = try path.map(openForAppending) ?? STDERR_FILENO
    // The descriptor stays open as long as the process: other threads may write at any time.
    Log.set({ level, line in write(level, line, to: descriptor) }, level: level)
  }

  private static func openForAppending(_ path: String) throws(TernError) -> CInt {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .usage(
        "log_file \(path) cannot be opened: \(systemMessage(errno))", .invalidOptionValue)
    }
    return descriptor
  }

  private static let isInstalled: Bool = {
    // A callback that the program set before its first connection wins over the environment.
    guard !Log.isOn(.error), let name = ProcessEnvironment.variable("TERN_LOG"),
      let level = Log.Level(name: name)
    else { return false }
    do throws(TernError) {
      try install(level, path: ProcessEnvironment.variable("TERN_LOG_FILE"))
      return true
    } catch {
      // There is nowhere to tell it but standard error, which belongs to the host.
      return false
    }
  }()

  /// One call per line, so that lines of several threads do not mix.
  private static func write(_ level: Log.Level, _ line: String, to descriptor: CInt) {
    var now = timespec()
    var parts = unsafe tm()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    unsafe gmtime_r(&now.tv_sec, &parts)
    var stamp = [CChar](repeating: 0, count: 32)
    // `stamp` has room for the 19 characters and the zero.
    _ = unsafe strftime(&stamp, stamp.count, "%Y-%m-%dT%H:%M:%S", &parts)
    let digits = stamp.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let time = String(decoding: digits, as: UTF8.self)
    let millisecond = String(now.tv_nsec / 1_000_000)
    let padding = String(repeating: "0", count: max(0, 3 - millisecond.utf8.count))
    let text = Array("\(time).\(padding)\(millisecond)Z \(level.name) \(line)\n".utf8)
    _ = unsafe Glibc.write(descriptor, text, text.count)
  }
}
