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

  /// A setting of a section.
  typealias Setting = (name: String, value: String)

  /// The installer library cuts longer lines into pieces, each of which it takes for a setting.
  private static let lineByteCountMax = 980

  /// The settings of a data source, and behind them those that the section of its driver has for
  /// all; without the keys that are the driver manager's.
  ///
  /// - Throws: `.connection` 08001 for a value that the installer library would cut.
  static func settings(of name: String) throws(TernError) -> [Setting] {
    var settings = try section(name, in: "odbc.ini")
    let driver = settings.first { $0.name.lowercased() == "driver" }?.value ?? ""
    if !driver.isEmpty, !driver.contains("/") {
      settings += try section(driver, in: "odbcinst.ini")
    }
    return settings.filter { !managersKeys.contains($0.name.lowercased()) }
  }

  private static func section(
    _ name: String, in file: String
  ) throws(TernError) -> [Setting] {
    let own = paths(of: file).lazy.map { IniText(contents(of: $0)).settings(of: name) }
      .first { !$0.isEmpty } ?? []
    guard let installer = InstallerLibrary.loaded, !own.contains(where: isLong) else { return own }
    let settings = installer.settings(of: name, in: file)
    guard !settings.contains(where: isLong) else {
      throw TernError(
        .connection, .cannotConnect,
        "section \(name) of \(file) has a value of more than \(lineByteCountMax) bytes, which "
          + "unixODBC cuts: name a file that holds it")
    }
    return settings
  }

  private static func isLong(_ setting: Setting) -> Bool {
    setting.name.utf8.count + setting.value.utf8.count > lineByteCountMax
  }

  /// The files to look at, the user's before the system's.
  private static func paths(of file: String) -> [String] {
    var paths: [String] = []
    var name = file
    if file == "odbc.ini" {
      if let own = environment("ODBCINI") { paths.append(own) }
      if let home = environment("HOME") { paths.append(home + "/.odbc.ini") }
    } else {
      name = environment("ODBCINSTINI") ?? file
    }
    if let system = environment("ODBCSYSINI") { paths.append("\(system)/\(name)") }
    return paths + ["/etc/\(name)"]
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
