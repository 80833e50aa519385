import Synchronization
import TernCore

/// All live handles of the process.
///
/// A handle is a number made of a place in this table and a generation, never an address: a freed,
/// swapped or invented one is recognised and nothing is dereferenced. Shards keep connections from
/// waiting for each other.
@safe final class HandleTable: @unchecked Sendable {
  // Sound, also as Sendable: `shards` is made once, is never freed, and each shard has a lock.

  private struct Slot {
    var generation: UInt32 = 1
    var handle: AnyHandle?
  }

  private struct State {
    var slots: [Slot] = []
    var free: [Int] = []
  }

  /// The process's table.
  static let live = HandleTable()

  private static let shardBitCount = 6
  private static let slotBitCount = 22
  private static let shardCount = 1 << shardBitCount
  // Plain memory: a call looks its handle up, and counting references to arrays and objects on
  // the way costs more than the rest of it.
  private let shards: UnsafeMutablePointer<Lock<State>>
  private let nextShard = Atomic<Int>(0)

  private init() {
    unsafe shards = .allocate(capacity: HandleTable.shardCount)
    for index in 0..<HandleTable.shardCount {
      unsafe (shards + index).initialize(to: Lock(State()))
    }
  }

  /// Enters a handle and returns its number; null when the table is full.
  func add(_ handle: AnyHandle) -> Address {
    let shard = nextShard.wrappingAdd(1, ordering: .relaxed).oldValue
      & (HandleTable.shardCount - 1)
    return unsafe shards[shard].withLock { state in
      if state.free.isEmpty {
        guard state.slots.count < 1 << HandleTable.slotBitCount else { return .null }
        state.slots.append(Slot())
        state.free.append(state.slots.count - 1)
      }
      guard let slot = state.free.popLast() else { return .null }
      state.slots[slot].handle = handle
      return HandleTable.number(shard, slot, state.slots[slot].generation)
    }
  }

  /// The live handle of that number.
  func find(_ number: Address) -> AnyHandle? {
    let (shard, slot, generation) = HandleTable.parts(number)
    return unsafe shards[shard].withLock { state in
      guard slot < state.slots.count, state.slots[slot].generation == generation else {
        return nil
      }
      return state.slots[slot].handle
    }
  }

  /// Ends the life of a number. The object lives on while a call uses it.
  func remove(_ number: Address) {
    let (shard, slot, generation) = HandleTable.parts(number)
    let removed = unsafe shards[shard].withLock { state -> AnyHandle? in
      guard slot < state.slots.count, state.slots[slot].generation == generation,
        let handle = state.slots[slot].handle
      else { return nil }
      state.slots[slot].handle = nil
      state.slots[slot].generation = max(1, generation &+ 1)
      state.free.append(slot)
      return handle
    }
    // Released outside the lock: its end may free other handles.
    withExtendedLifetime(removed) {}
  }

  /// Four zero bits at the end, as an aligned pointer has them; generation in the upper half.
  private static func number(_ shard: Int, _ slot: Int, _ generation: UInt32) -> Address {
    Address(bits: UInt(generation) << 32 | UInt(slot) << 10 | UInt(shard) << 4)
  }

  private static func parts(_ number: Address) -> (shard: Int, slot: Int, generation: UInt32) {
    guard number.bits & 0xF == 0 else { return (0, .max, 0) }
    return (
      Int(number.bits >> 4 & 0x3F), Int(number.bits >> 10 & 0x3F_FFFF), UInt32(number.bits >> 32)
    )
  }
}
