internal import Glibc

/// What a server may be told about this process (Exasol: `clientOs`, `clientOsUsername`).
public enum ProcessFacts {
  /// The machine's name, empty if unknown.
  public static var hostName: String {
    var room = [CChar](repeating: 0, count: 256)
    // One byte less than there is: the last stays zero.
    guard unsafe gethostname(&room, room.count - 1) == 0 else { return "" }
    return text(room)
  }

  /// Kind, release and processor of the system: `Linux 6.1.0 x86_64`.
  public static var system: String {
    var facts = utsname()
    guard unsafe uname(&facts) == 0 else { return "Linux" }
    let parts = [bytes(facts.sysname), bytes(facts.release), bytes(facts.machine)]
    return parts.map { text($0) }.joined(separator: " ")
  }

  /// The system's name for the user who runs the process; its number if it has no name.
  public static var userName: String {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var room = [CChar](repeating: 0, count: 16 << 10)
    let name = unsafe room.withUnsafeMutableBufferPointer { buffer -> String? in
      // The entry points into `buffer`, so the name is copied while it lives.
      guard let start = buffer.baseAddress,
        unsafe getpwuid_r(geteuid(), &entry, start, buffer.count, &found) == 0,
        unsafe found != nil, let name = unsafe entry.pw_name
      else { return nil }
      return unsafe String(cString: name)
    }
    return name ?? String(geteuid())
  }

  /// The file name of the running program, `tern` if unknown.
  public static var programName: String {
    var room = [CChar](repeating: 0, count: 4_096)
    // One byte less than there is: the last stays zero.
    guard unsafe readlink("/proc/self/exe", &room, room.count - 1) > 0 else { return "tern" }
    return text(room).utf8.split(separator: UInt8(ascii: "/")).last.map {
      String(decoding: $0, as: UTF8.self)
    } ?? "tern"
  }

  /// The folder that relative paths start from; nil if it is gone.
  public static var workingFolder: String? {
    var room = [CChar](repeating: 0, count: 4_096)
    return unsafe getcwd(&room, room.count) == nil ? nil : text(room)
  }

  /// The number of the process.
  public static var processID: Int32 { getpid() }

  /// Processors that the process may use; at least 1.
  public static var processorCount: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

  private static func text(_ room: [CChar]) -> String {
    let end = room.firstIndex(of: 0) ?? room.count
    return String(decoding: room[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The characters of a C array, which Swift sees as a tuple.
  private static func bytes<Characters>(_ characters: Characters) -> [CChar] {
    // A tuple of characters has no padding: its bytes are the characters.
    unsafe withUnsafeBytes(of: characters) { bytes in
      unsafe bytes.map { CChar(bitPattern: $0) }
    }
  }
}
