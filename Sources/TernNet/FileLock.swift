internal import CTern
internal import Glibc
internal import TernCore

/// A lock between processes: whoever holds it may change the file that it stands for.
///
/// It ends with the object, or with the process.
public struct FileLock: ~Copyable {
  private let descriptor: CInt

  /// How long a holder is waited for between two tries.
  private static let pauseMicroseconds: UInt32 = 5_000

  /// Takes the lock, waiting for at most `nanoseconds`; nil if somebody else keeps it, or if `path`
  /// cannot be opened for writing.
  ///
  /// - Parameter path: a file for this purpose alone, made if it is not there; no link is followed.
  public init?(_ path: String, waitingFor nanoseconds: Int64) {
    guard !path.utf8.contains(0) else { return nil }
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else { return nil }
    let end = Deadline.after(nanoseconds, .network)
    while tern_file_try_lock(descriptor) == 0 {
      guard !end.isOver else {
        close(descriptor)
        return nil
      }
      usleep(Self.pauseMicroseconds)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
