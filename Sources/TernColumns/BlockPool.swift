private import Glibc
private import TernCore

/// Large blocks that were freed and are kept for the next batch.
///
/// The batches of a result need blocks of the same few sizes again and again. The C library would
/// return each to the system and take fresh pages for the next, which costs as much as decoding.
enum BlockPool {
  /// Smaller blocks are left to the C library.
  static let byteCountMin = 64 << 10
  /// What is kept at most, and in how many blocks.
  private static let keptByteCountMax = 32 << 20
  private static let keptCountMax = 24

  /// A free block. Sound as Sendable: it has no other owner.
  @safe private struct Block: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let byteCount: Int
  }

  private struct State {
    var blocks: [Block] = []
    var byteCount = 0
  }

  private static let state = Lock(State())

  /// A kept block of at least `byteCount` bytes and at most twice that, if there is one.
  @unsafe static func take(_ byteCount: Int) -> (start: UnsafeMutableRawPointer, byteCount: Int)? {
    guard byteCount >= byteCountMin else { return nil }
    let block = state.withLock { state -> Block? in
      // The smallest that fits; the newest of those, which is likeliest to be in a cache.
      var best: Int?
      for index in state.blocks.indices {
        let size = state.blocks[index].byteCount
        guard size >= byteCount, size / 2 <= byteCount else { continue }
        if best.map({ size <= state.blocks[$0].byteCount }) ?? true { best = index }
      }
      guard let best else { return nil }
      let block = state.blocks.remove(at: best)
      state.byteCount -= block.byteCount
      return block
    }
    guard let block else { return nil }
    return unsafe (block.start, block.byteCount)
  }

  /// Keeps a block that nobody uses any more, or frees it; the oldest make room.
  @unsafe static func give(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
    guard byteCount >= byteCountMin, byteCount <= keptByteCountMax / 2 else {
      return unsafe free(start)
    }
    let block = unsafe Block(start: start, byteCount: byteCount)
    let dropped = state.withLock { state -> [Block] in
      state.blocks.append(block)
      state.byteCount += byteCount
      var dropped: [Block] = []
      while state.byteCount > keptByteCountMax || state.blocks.count > keptCountMax {
        let oldest = state.blocks.removeFirst()
        state.byteCount -= oldest.byteCount
        dropped.append(oldest)
      }
      return dropped
    }
    for block in dropped { unsafe free(block.start) }
  }
}
