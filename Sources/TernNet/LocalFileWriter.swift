internal import Glibc
public import TernCore

/// A file that is being written, readable by its owner alone.
///
/// It goes away with this object unless it was published. One thread at a time.
@safe public final class LocalFileWriter: @unchecked Sendable {
  // Sound as Sendable: not shared but handed over, and the descriptor is written once.

  /// Bytes so far.
  public private(set) var byteCount = 0
  private let folder: LocalFolder?
  private let descriptor: CInt
  private let temporary: String
  private let name: String
  private var isPublished = false

  init(_ folder: LocalFolder, _ descriptor: CInt, temporary: String, name: String) {
    self.folder = folder
    self.descriptor = descriptor
    self.temporary = temporary
    self.name = name
  }

  /// A file without a name in the system's folder for such (`TMPDIR`, else `/tmp`).
  ///
  /// - Throws: `.data` (HY000).
  public init() throws(TernError) {
    let place = ProcessEnvironment.variable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let path = "\(place)/tern-\(Hex.encode(RandomBytes.make(8)))"
    let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else {
      throw .data("cannot write to \(place): \(systemMessage(errno))", .general)
    }
    unsafe unlink(path)
    folder = nil
    temporary = ""
    name = "a temporary file in \(place)"
    isPublished = true
  }

  deinit {
    close(descriptor)
    if !isPublished { folder?.remove(temporary) }
  }

  /// Appends bytes.
  public func append(_ bytes: [UInt8]) throws(TernError) {
    let code = unsafe bytes.withUnsafeBytes { buffer -> CInt in
      var sent = 0
      while sent < buffer.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
        let count = unsafe write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return count == 0 ? EIO : errno }
        sent += count
      }
      return 0
    }
    guard code == 0 else { throw failed(code) }
    byteCount += bytes.count
  }

  /// Forgets what was written.
  public func startOver() throws(TernError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw failed(errno)
    }
    byteCount = 0
  }

  /// Gives the file its name.
  ///
  /// - Returns: false if there is a file of that name and `replaces` is off; this one is gone then.
  public func publish(replaces: Bool) throws(TernError) -> Bool {
    guard let folder, !isPublished else { throw .internal("this file has no name to be given") }
    let isThere = try folder.publish(temporary, as: name, replaces: replaces)
    isPublished = true
    return isThere
  }

  /// What was written so far, to be read; for files without a name.
  public func written() throws(TernError) -> LocalFile {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw failed(errno) }
    return try LocalFile(name, copy)
  }

  private func failed(_ code: CInt) -> TernError {
    let place = folder.map { "\($0.path)/\(name)" } ?? name
    return .data("cannot write \(place): \(systemMessage(code))", .general)
  }
}
