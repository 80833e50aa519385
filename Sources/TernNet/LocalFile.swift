internal import Glibc
public import TernCore

/// A regular file that is open for reading; any number of readers go through it independently.
@safe public final class LocalFile: Sendable {
  /// Where it was opened, for messages.
  public let path: String
  /// Its length when it was opened.
  public let byteCount: Int
  private let descriptor: CInt

  /// Takes a descriptor over.
  init(_ path: String, _ descriptor: CInt) throws(TernError) {
    var status = stat()
    // `status` is written by the call only.
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .data("\(path) is no regular file", .general)
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads the file from its start.
  public func reader() -> some ByteSource { LocalFileReader(self) }

  /// The first bytes, fewer only if the file has no more.
  public func start(_ byteCount: Int) throws(TernError) -> [UInt8] {
    try ByteCollector.piece(of: LocalFileReader(self), byteCount)
  }

  fileprivate func read(
    into window: inout OutputSpan<UInt8>, at offset: Int
  ) throws(TernError) -> Int {
    var count = -1
    var code = EINTR
    while count < 0 && code == EINTR {
      unsafe window.withUnsafeMutableBufferPointer { buffer, filled in
        // The kernel writes at most into the room behind what is there.
        let room = unsafe UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
        count = unsafe pread(descriptor, room.baseAddress, room.count, offset)
        code = errno
        filled += max(0, count)
      }
    }
    guard count >= 0 else {
      throw .data("cannot read \(path): \(systemMessage(code))", .general)
    }
    return count
  }
}

/// One way through a file.
private final class LocalFileReader: ByteSource {
  private let file: LocalFile
  private var offset = 0

  init(_ file: LocalFile) { self.file = file }

  func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    guard !window.isFull else { throw .usage("a read needs room for bytes") }
    let count = try file.read(into: &window, at: offset)
    offset += count
    return count > 0
  }
}
