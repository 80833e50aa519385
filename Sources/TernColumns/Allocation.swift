private import Glibc
import TernCore

/// One block of memory, 64-byte aligned and freed with its last owner.
@safe final class Allocation {
  /// Where the block starts.
  let start: UnsafeMutableRawPointer

  private init(_ start: UnsafeMutableRawPointer) { unsafe self.start = start }

  // Sound: `start` came from `posix_memalign` and nobody else frees it.
  deinit { unsafe free(start) }

  /// Arrow's recommended alignment, and the readable bytes after the end of every buffer.
  static let alignment = 64

  /// Memory for `byteCount` bytes and the padding behind them, not cleared.
  static func make(_ byteCount: Int) throws(TernError) -> Allocation {
    var start: UnsafeMutableRawPointer?
    let (padded, overflow) = byteCount.addingReportingOverflow(2 * alignment)
    guard !overflow, padded > 0,
      unsafe posix_memalign(&start, alignment, padded & ~(alignment - 1)) == 0,
      let start = unsafe start
    else { throw .overBudget("out of memory: \(byteCount) bytes for a column were refused") }
    return unsafe Allocation(start)
  }
}
