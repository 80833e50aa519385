import Glibc
import TernCore

/// The terminal behind the program, which is there even when standard input is a file.
struct Terminal: ~Copyable {
  private let descriptor: Int32

  /// Opens it; nil where there is none, in a scheduled job for example.
  init?() {
    descriptor = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
  }

  deinit { close(descriptor) }

  /// Asks for a line that is not shown.
  ///
  /// - Returns: the line without its end; nil if the terminal was closed or cannot hide it.
  func ask(_ question: String, _ interrupts: Interrupts) -> String? {
    var before = termios()
    guard unsafe tcgetattr(descriptor, &before) == 0 else { return nil }
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO)
    hidden.c_lflag |= tcflag_t(ECHONL)
    let (descriptor, shown) = (descriptor, before)
    let restore: @Sendable () -> Void = {
      var shown = shown
      unsafe tcsetattr(descriptor, TCSAFLUSH, &shown)
    }
    return interrupts.cleaningUp(restore) {
      guard unsafe tcsetattr(descriptor, TCSAFLUSH, &hidden) == 0 else { return nil }
      defer { restore() }
      _ = System.write(Array(question.utf8), to: descriptor)
      return readLine()
    }
  }

  /// What is typed up to the end of the line.
  private func readLine() -> String? {
    var line: [UInt8] = []
    while true {
      guard let bytes = System.read(descriptor) else { return nil }
      line += bytes
      if bytes.isEmpty || bytes.contains(10) { break }
    }
    guard !line.isEmpty else { return nil }
    return String(decoding: line.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
  }
}
