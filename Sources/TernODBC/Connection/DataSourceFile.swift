import CODBC
import Glibc
import Tern

/// Data sources as unixODBC keeps them, read through its installer library where the process has
/// it and else from the files themselves.
enum DataSourceFile {
  /// Keys of a data source that are none of the driver's business.
  static let managersKeys: Set<String> = [
    "driver", "driver64", "setup", "setup64", "description", "trace", "tracefile", "threading",
    "usagecount", "fileusage", "cptimeout", "cptimetolive", "cpprobe", "dmenvattr", "dmconnattr",
    "dmstmtattr", "dontdlclose", "iconvencoding", "exfetchmapping", "disablegetfunctions",
    "fakeunicode",
  ]

  /// The settings of the section `name` of `odbc.ini`; empty where there is no such section.
  static func settings(of name: String) -> [(name: String, value: String)] {
    if let installer = InstallerLibrary.loaded {
      return installer.settings(of: name, in: "odbc.ini")
    }
    for path in paths {
      let found = IniText(contents(of: path)).settings(of: name)
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The files to look at, the user's before the system's.
  private static var paths: [String] {
    var paths: [String] = []
    if let own = environment("ODBCINI") { paths.append(own) }
    if let home = environment("HOME") { paths.append(home + "/.odbc.ini") }
    if let system = environment("ODBCSYSINI") { paths.append(system + "/odbc.ini") }
    return paths + ["/etc/odbc.ini"]
  }

  private static func environment(_ name: String) -> String? {
    // Sound: copied at once; whoever changes the environment at the same time breaks C's rules.
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  private static func contents(of path: String) -> String {
    guard let file = unsafe fopen(path, "re") else { return "" }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while bytes.count < 1 << 20 {
      // Sound: `fread` writes at most the chunk's size.
      let count = unsafe fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
