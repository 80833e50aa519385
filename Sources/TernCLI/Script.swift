import Glibc
import TernCommand
import TernCore

/// The SQL to run, as it was given.
struct Script {
  /// All of it; split when the server's dialect is known.
  let text: String

  /// Bytes of a script at most.
  private static let byteCountMax = 256 << 20

  /// From the argument, the file or standard input; nothing for a catalog question.
  init(
    _ arguments: Arguments, _ messages: Messages, _ interrupts: Interrupts
  ) throws(TernError) {
    if arguments.catalog != nil {
      text = ""
    } else if let sql = arguments.sql {
      text = sql
    } else if let file = arguments.file, file != "-" {
      text = try Script.contents(of: file)
    } else {
      if System.isTerminal(STDIN_FILENO), !arguments.isQuiet {
        messages.plain("Enter SQL; end with Ctrl-D.")
      }
      text = try Script.contents(STDIN_FILENO, "standard input")
    }
  }

  /// The text of a file.
  static func contents(of path: String) throws(TernError) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .usage("cannot read \(path): \(System.reason(errno))") }
    defer { close(descriptor) }
    return try contents(descriptor, path)
  }

  /// Everything that can be read from a descriptor.
  private static func contents(
    _ descriptor: Int32, _ name: String
  ) throws(TernError) -> String {
    var bytes: [UInt8] = []
    while true {
      guard let more = System.read(descriptor) else {
        throw .usage("cannot read \(name): \(System.reason(errno))")
      }
      if more.isEmpty { break }
      bytes += more
      guard bytes.count <= byteCountMax else {
        throw .usage("\(name) has more than \(byteCountMax) bytes")
      }
    }
    // A byte order mark is no SQL.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .usage("\(name) is not UTF-8 text")
    }
    return text
  }
}
