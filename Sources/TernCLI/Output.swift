import Glibc
import TernCore

/// Where rows go: standard output or a file. Writes are batched.
final class Output {
  /// Whether people look at it.
  let isTerminal: Bool
  /// Whether the reader has gone (`tern … | head`): nothing more can be written, and that is fine.
  private(set) var isClosed = false
  /// Bytes taken so far.
  private(set) var byteCount: Int64 = 0
  private let descriptor: Int32
  private let name: String
  private var pending: [UInt8] = []

  /// Writes are about this large.
  private static let pendingByteCountMax = 1 << 18

  /// Opens `path`, which is replaced; nil: standard output.
  init(path: String?) throws(TernError) {
    name = path ?? "standard output"
    if let path {
      descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        throw .usage("cannot write \(path): \(System.reason(errno))")
      }
    } else {
      descriptor = STDOUT_FILENO
    }
    isTerminal = System.isTerminal(descriptor)
  }

  /// Takes bytes; they are written when there are enough of them.
  func write(_ bytes: [UInt8]) throws(TernError) {
    byteCount += Int64(bytes.count)
    if pending.isEmpty, bytes.count >= Output.pendingByteCountMax { return try put(bytes) }
    pending += bytes
    if pending.count >= Output.pendingByteCountMax { try flush() }
  }

  /// Writes what is pending.
  func flush() throws(TernError) {
    guard !pending.isEmpty else { return }
    let bytes = pending
    pending.removeAll(keepingCapacity: true)
    try put(bytes)
  }

  /// Writes the rest and closes a file.
  func close() throws(TernError) {
    try flush()
    guard descriptor != STDOUT_FILENO else { return }
    guard Glibc.close(descriptor) == 0 else { throw failure(errno) }
  }

  /// Writes now.
  private func put(_ bytes: [UInt8]) throws(TernError) {
    guard !isClosed else { return }
    switch System.write(bytes, to: descriptor) {
    case 0: return
    case EPIPE: isClosed = true
    case let code: throw failure(code)
    }
  }

  /// A full disk, for example.
  private func failure(_ code: Int32) -> TernError {
    TernError(.internal, .general, "cannot write \(name): \(System.reason(code))")
  }
}
