private import Glibc
import TernCore

/// One block of memory, 64-byte aligned and given back with its last owner.
@safe final class Allocation {
  /// Where the block starts.
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  private init(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
    unsafe self.start = start
    self.byteCount = byteCount
  }

  // Sound: `start` came from `posix_memalign`, and nobody else has it.
  deinit { unsafe BlockPool.give(start, byteCount) }

  /// Arrow's recommended alignment, and the readable bytes after the end of every buffer.
  static let alignment = 64

  /// Memory for `byteCount` bytes and the padding behind them, not cleared.
  static func make(_ byteCount: Int) throws(TernError) -> Allocation {
    let (padded, overflow) = byteCount.addingReportingOverflow(2 * alignment)
    guard !overflow, padded > 0 else { throw refused(byteCount) }
    let size = padded & ~(alignment - 1)
    if let block = unsafe BlockPool.take(size) {
      return unsafe Allocation(block.start, block.byteCount)
    }
    var start: UnsafeMutableRawPointer?
    guard unsafe posix_memalign(&start, alignment, size) == 0, let start = unsafe start else {
      throw refused(byteCount)
    }
    return unsafe Allocation(start, size)
  }

  private static func refused(_ byteCount: Int) -> TernError {
    .overBudget("out of memory: \(byteCount) bytes for a column were refused")
  }
}
