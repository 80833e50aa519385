internal import Glibc
public import TernCore

/// Files of keys, tokens and settings: small, read and written whole.
public enum SmallFile {
  /// The bytes of a file, or of a pipe, for whose writer is waited.
  ///
  /// - Throws: `.usage` (HY024) naming the path and the reason; also for a file that is longer than
  ///   `byteCountMax` or no regular file or pipe.
  public static func read(
    _ path: String, byteCountMax: Int = Limits.secretFileByteCountMax
  ) throws(TernError) -> [UInt8] {
    let descriptor = try open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
    defer { close(descriptor) }
    return try readAll(descriptor, path, byteCountMax)
  }

  private static let patienceMilliseconds: CInt = 10_000

  private static func readAll(
    _ descriptor: CInt, _ path: String, _ byteCountMax: Int
  ) throws(TernError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      // Files have their bytes at once; a pipe may have none before its writer comes.
      var entry = pollfd(fd: descriptor, events: CShort(POLLIN), revents: 0)
      guard unsafe poll(&entry, 1, patienceMilliseconds) != 0 else {
        throw .usage("nothing came from \(path) for ten seconds", .invalidOptionValue)
      }
      var piece = [UInt8](repeating: 0, count: 16 << 10)
      // The kernel writes at most as many bytes as the array has.
      let count = unsafe Glibc.read(descriptor, &piece, piece.count)
      if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      guard count >= 0 else { throw failed("read", path, errno) }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= byteCountMax else {
        throw .usage("\(path) is longer than \(byteCountMax) bytes", .invalidOptionValue)
      }
    }
  }

  /// The bytes of a file that only its owner may touch; nil if there is no such file.
  ///
  /// - Throws: `.usage` (HY024) for one that others own or may read, and for a link: what is behind
  ///   it can be changed between the check and the reading.
  public static func readPrivate(_ path: String) throws(TernError) -> [UInt8]? {
    var status = stat()
    // `status` is written by the call only.
    guard unsafe lstat(path, &status) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw failed("read", path, errno) }
      return nil
    }
    let descriptor = try open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0)
    defer { close(descriptor) }
    guard unsafe fstat(descriptor, &status) == 0 else { throw failed("read", path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      status.st_mode & 0o077 == 0
    else {
      throw .usage(
        "\(path) must be a file of its user alone (chmod 600)", .invalidOptionValue)
    }
    return try readAll(descriptor, path, Limits.secretFileByteCountMax)
  }

  /// Makes a folder that only its owner may enter, and those above it; one that is there must be
  /// its user's and not writable for others.
  public static func makePrivateFolder(_ path: String) throws(TernError) {
    guard !path.utf8.contains(0) else { throw failed("make", "the path", EINVAL) }
    var status = stat()
    if unsafe stat(path, &status) != 0 {
      let parent = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
      if !parent.isEmpty, unsafe stat(parent, &status) != 0 { try makePrivateFolder(parent) }
      guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST, unsafe stat(path, &status) == 0
      else { throw failed("make", path, errno) }
    }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
      status.st_mode & 0o022 == 0
    else {
      throw .usage(
        "\(path) must be a folder that only its user may change (chmod 700)", .invalidOptionValue)
    }
  }

  /// Replaces a file at once, readable by its owner alone: a reader sees the old bytes or the new.
  public static func writePrivate(_ path: String, _ bytes: [UInt8]) throws(TernError) {
    let temporary = "\(path).\(Hex.encode(RandomBytes.make(8)))"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = try open(temporary, flags, 0o600)
    var code = writeAll(descriptor, bytes)
    if code == 0 && fsync(descriptor) != 0 { code = errno }
    close(descriptor)
    if code == 0, unsafe rename(temporary, path) != 0 { code = errno }
    guard code != 0 else { return }
    unsafe unlink(temporary)
    throw failed("write", path, code)
  }

  private static func open(
    _ path: String, _ flags: CInt, _ mode: mode_t
  ) throws(TernError) -> CInt {
    guard !path.utf8.contains(0) else { throw failed("open", "the path", EINVAL) }
    let descriptor = unsafe Glibc.open(path, flags, mode)
    guard descriptor >= 0 else { throw failed("open", path, errno) }
    return descriptor
  }

  private static func writeAll(_ descriptor: CInt, _ bytes: [UInt8]) -> CInt {
    unsafe bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
        let count = unsafe write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return errno }
        sent += count
      }
      return 0
    }
  }

  private static func failed(_ verb: String, _ path: String, _ code: CInt) -> TernError {
    .usage("cannot \(verb) \(path): \(systemMessage(code))", .invalidOptionValue)
  }
}
