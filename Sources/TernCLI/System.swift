import Glibc

/// The process's surroundings: environment, terminal, standard error.
enum System {
  /// A variable of the environment, nil if it is not set or empty.
  static func environment(_ name: String) -> String? {
    // Sound: copied at once, and nothing in this program changes the environment.
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Puts something where the caller closed a standard descriptor: otherwise the next socket would
  /// get its number, and rows would be sent to the server. What stands in cannot be written to.
  static func fillStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // `open` takes the lowest free number, which is this one.
      _ = unsafe open("/dev/null", O_RDONLY)
    }
  }

  /// Whether the descriptor is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// What `errno` means.
  static func reason(_ code: Int32) -> String {
    // Sound: `strerror` gives a text of its own that is copied at once; one thread asks.
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }

  /// Writes to standard error, all or as much as it takes; there is nobody to tell of a failure.
  static func writeError(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

  /// Writes all bytes. Returns 0, or the `errno` of the write that failed.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Sound: the pointer does not leave the closure.
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      rest = rest.dropFirst(count)
    }
    return 0
  }

  /// Reads what is there, at most 64 KiB: empty at the end, nil on an error.
  static func read(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      // Sound: the pointer does not leave the closure.
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      return count < 0 ? nil : Array(buffer.prefix(count))
    }
  }
}
