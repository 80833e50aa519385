internal import Glibc
public import TernCore

/// A folder of this machine that is held open: what happens to its path meanwhile does not matter.
@safe public final class LocalFolder: Sendable {
  /// As it was opened, for messages.
  public let path: String
  private let descriptor: CInt
  /// Added to the flags of every file that is opened here.
  private let linkFlag: CInt

  /// Opens a folder as the system does, following links.
  ///
  /// - Parameter makes: whether it and those above it are made where they are missing.
  /// - Throws: `.data` (HY000) naming the path and the reason.
  public convenience init(_ path: String, makes: Bool = false) throws(TernError) {
    let parts = path.utf8.split(separator: UInt8(ascii: "/")).map {
      String(decoding: $0, as: UTF8.self)
    }
    let start = path.utf8.first == UInt8(ascii: "/") ? "/" : "."
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    var descriptor = try Self.check(unsafe openat(AT_FDCWD, start, flags), "open", start)
    for part in parts {
      descriptor = try Self.enter(part, of: descriptor, flags, makes: makes, path)
    }
    self.init(path, descriptor, linkFlag: 0)
  }

  /// Opens the folder that `parts` lead to from `root`. Nothing on the way, and no file in it, may
  /// be a link or lead upwards.
  public convenience init(
    below root: String, _ parts: [String], makes: Bool = false
  ) throws(TernError) {
    try self.init(in: try LocalFolder(root), parts, makes: makes)
  }

  /// Opens the folder that `parts` lead to from `folder`, likewise.
  public convenience init(
    in folder: LocalFolder, _ parts: [String], makes: Bool = false
  ) throws(TernError) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    var descriptor = try Self.check(
      unsafe openat(folder.descriptor, ".", flags), "open", folder.path)
    var path = folder.path
    for part in parts {
      path += "/" + part
      guard Self.isName(part) else {
        close(descriptor)
        throw .data("\(path) leads out of its folder", .general)
      }
      descriptor = try Self.enter(part, of: descriptor, flags | O_NOFOLLOW, makes: makes, path)
    }
    self.init(path, descriptor, linkFlag: O_NOFOLLOW)
  }

  private init(_ path: String, _ descriptor: CInt, linkFlag: CInt) {
    self.path = path
    self.descriptor = descriptor
    self.linkFlag = linkFlag
  }

  deinit { close(descriptor) }

  /// Whether a text can be the name of a file: no path, and nothing that leads elsewhere.
  public static func isName(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".."
      && !text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
  }

  /// The names of what is in the folder, without folders, in the order of their bytes.
  public func fileNames() throws(TernError) -> [String] {
    let copy = try Self.check(
      unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "list", path)
    guard let stream = unsafe fdopendir(copy) else {
      close(copy)
      throw Self.failed("list", path, errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    // An entry is valid until the next call; its name is terminated, and copied at once.
    while let entry = unsafe readdir(stream) {
      guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
      let start = unsafe UnsafeRawPointer(entry).advanced(by: offset)
      let name = unsafe String(cString: start.assumingMemoryBound(to: UInt8.self))
      if !isFolder(name) { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether there is a folder of that name.
  public func isFolder(_ name: String) -> Bool {
    var status = stat()
    // `status` is written by the call only.
    return unsafe fstatat(descriptor, name, &status, 0) == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is anything of that name.
  public func contains(_ name: String) -> Bool {
    var status = stat()
    return unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// Opens a file to read it.
  ///
  /// - Throws: `.data` for one that cannot be opened or is no regular file.
  public func file(_ name: String) throws(TernError) -> LocalFile {
    let place = "\(path)/\(name)"
    guard Self.isName(name) else { throw Self.failed("read", place, EINVAL) }
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | linkFlag
    return try LocalFile(
      place, try Self.check(unsafe openat(descriptor, name, flags), "read", place))
  }

  /// Begins a file that appears under its name when it is complete; until then it has another.
  public func newFile(_ name: String) throws(TernError) -> LocalFileWriter {
    let place = "\(path)/\(name)"
    guard Self.isName(name) else { throw Self.failed("write", place, EINVAL) }
    let temporary = ".\(Hex.encode(RandomBytes.make(8))).part"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let file = try Self.check(
      unsafe openat(descriptor, temporary, flags, 0o600), "write", place)
    return LocalFileWriter(self, file, temporary: temporary, name: name)
  }

  /// Gives a file its name.
  ///
  /// - Returns: false if there is one and `replaces` is off.
  func publish(_ temporary: String, as name: String, replaces: Bool) throws(TernError) -> Bool {
    if replaces {
      guard unsafe renameat(descriptor, temporary, descriptor, name) == 0 else {
        throw Self.failed("write", "\(path)/\(name)", errno)
      }
      return true
    }
    // A second name for the same file: the one way to make a name only if there is none.
    let result = unsafe linkat(descriptor, temporary, descriptor, name, 0)
    let code = errno
    remove(temporary)
    guard result == 0 || code == EEXIST else {
      throw Self.failed("write", "\(path)/\(name)", code)
    }
    return result == 0
  }

  func remove(_ name: String) { _ = unsafe unlinkat(descriptor, name, 0) }

  /// Steps into a folder; gives up the descriptor that it comes from.
  private static func enter(
    _ name: String, of descriptor: CInt, _ flags: CInt, makes: Bool, _ path: String
  ) throws(TernError) -> CInt {
    defer { close(descriptor) }
    guard !name.utf8.contains(0) else { throw failed("open", "the path", EINVAL) }
    if makes { _ = unsafe mkdirat(descriptor, name, 0o700) }
    let next = unsafe openat(descriptor, name, flags)
    if next < 0, errno == ENOTDIR || errno == ELOOP, flags & O_NOFOLLOW != 0 {
      throw .data("\(path) is no folder, or a link, which is not followed here", .general)
    }
    return try check(next, "open", path)
  }

  private static func check(
    _ descriptor: CInt, _ verb: String, _ path: String
  ) throws(TernError) -> CInt {
    guard descriptor < 0 else { return descriptor }
    if errno == ELOOP { throw .data("\(path) is a link, which is not followed here", .general) }
    throw failed(verb, path, errno)
  }

  private static func failed(_ verb: String, _ path: String, _ code: CInt) -> TernError {
    .data("cannot \(verb) \(path): \(systemMessage(code))", .general)
  }
}
