internal import TernCore
internal import TernNet

/// Which files of this machine a statement means, and whether it may.
///
/// With `local_files_root` a path must lie below that folder, and neither `..`, `~` nor a link on
/// the way may lead elsewhere.
struct SnowflakeFilePlace: Sendable {
  /// Without its last part.
  private let folders: [String]
  private let last: String
  private let isAbsolute: Bool
  /// The root that paths may not leave; empty for none. Then `folders` are below it.
  private let root: String

  /// - Throws: `.usage` for a path that leads out of the root, or has a pattern where none is
  ///   understood.
  init(_ path: String, root: String) throws(TernError) {
    let path = try Self.expanded(path, isConfined: !root.isEmpty)
    var parts = Self.parts(path)
    var isAbsolute = path.hasPrefix("/")
    if !root.isEmpty {
      guard !parts.contains("..") else {
        throw Self.refused("'..' leads out of folders")
      }
      if !isAbsolute { parts = Self.parts(ProcessFacts.workingFolder ?? "") + parts }
      var above = Self.parts(root)
      if !root.hasPrefix("/") { above = Self.parts(ProcessFacts.workingFolder ?? "") + above }
      guard parts.starts(with: above), parts.count > above.count else {
        guard parts == above else { throw Self.refused("\(path) is not below \(root)") }
        (folders, last, self.isAbsolute, self.root) = ([], "", true, root)
        return
      }
      parts.removeFirst(above.count)
      isAbsolute = true
    }
    last = path.hasSuffix("/") ? "" : parts.popLast() ?? ""
    folders = parts
    self.isAbsolute = isAbsolute
    self.root = root
    guard !folders.contains(where: Self.isPattern) else {
      throw .usage("'*' and '?' are understood in the names of files, not of folders: \(path)")
    }
  }

  private static func refused(_ reason: String) -> TernError {
    .usage("option local_files_root: \(reason)", .invalidOptionValue)
  }

  /// `~` is the user's own folder.
  private static func expanded(
    _ path: String, isConfined: Bool
  ) throws(TernError) -> String {
    guard path == "~" || path.hasPrefix("~/") else { return path }
    guard !isConfined else { throw refused("'~' is not used below a root") }
    guard let home = ProcessEnvironment.variable("HOME"), home.hasPrefix("/") else {
      throw .usage("'~' in a local path: HOME is not set")
    }
    return home + path.dropFirst()
  }

  private static func parts(_ path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
      .filter { $0 != "." }
  }

  static func isPattern(_ text: String) -> Bool {
    text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
  }

  private func open(_ parts: [String], makes: Bool = false) throws(TernError) -> LocalFolder {
    guard root.isEmpty else { return try LocalFolder(below: root, parts, makes: makes) }
    let path = (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    return try LocalFolder(path.isEmpty ? "." : path, makes: makes)
  }

  /// The folder and the names of the files in it that a PUT means, in the order of their bytes.
  ///
  /// - Throws: `.data` with the vendor's number 253006 when there is none.
  func sources() throws(TernError) -> (folder: LocalFolder, names: [String]) {
    let folder = try open(folders)
    var names: [String] = []
    if Self.isPattern(last) {
      let pattern = Array(last.utf8)
      names = try folder.fileNames().filter { Self.matches(Array($0.utf8), pattern) }
    } else if !last.isEmpty, folder.contains(last), !folder.isFolder(last) {
      names = [last]
    }
    guard !names.isEmpty else {
      throw TernError(
        .data, .general,
        "PUT: there is no such file: \(folder.path)/\(last)"
          + (folder.isFolder(last) ? " (it is a folder; its files are \(last)/*)" : ""),
        vendorCode: 253_006)
    }
    return (folder, names)
  }

  /// The folder that the path means as a whole.
  ///
  /// - Parameter makes: whether it is made if it is missing.
  func target(makes: Bool = true) throws(TernError) -> LocalFolder {
    guard !Self.isPattern(last) else {
      throw .usage("GET: the local path names one folder: '*' and '?' are not understood in it")
    }
    return try open(last.isEmpty ? folders : folders + [last], makes: makes)
  }

  /// Whether a name fits a pattern of `*` and `?`; a dot in front must be written.
  static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
    if name.first == UInt8(ascii: "."), pattern.first != UInt8(ascii: ".") { return false }
    let (text, wanted) = (
      Array(String(decoding: name, as: UTF8.self).unicodeScalars),
      Array(String(decoding: pattern, as: UTF8.self).unicodeScalars)
    )
    var (at, mark) = (0, 0)
    // Where the last star was, and how much of the name it has taken so far.
    var star: (pattern: Int, name: Int)?
    while at < text.count {
      if mark < wanted.count, wanted[mark] == "*" {
        star = (mark, at)
        mark += 1
      } else if mark < wanted.count, wanted[mark] == "?" || wanted[mark] == text[at] {
        (at, mark) = (at + 1, mark + 1)
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        (at, mark) = (last.name + 1, last.pattern + 1)
      } else {
        return false
      }
    }
    return wanted[mark...].allSatisfy { $0 == "*" }
  }
}
