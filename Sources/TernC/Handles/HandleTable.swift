import Synchronization
import TernCore

/// Every handle that C holds.
///
/// A handle is a number that looks like an aligned pointer: kind, generation of the slot and index
/// of the slot. It is never followed, only looked up; so NULL, a freed handle, a handle of another
/// type and plain rubbish are all noticed. A slot whose generations are used up is retired: no
/// handle ever comes back.
@safe enum HandleTable {
  private static let indexBitCount = 20
  private static let generationBitCount = 20
  /// Handles are multiples of 16, as addresses of objects are.
  private static let alignmentBitCount = 4
  private static let chunkSlotCount = 1 << 10
  private static let generationMax: UInt = 1 << UInt(generationBitCount) - 1

  private struct Free {
    var indexes: [UInt] = []
    var slotCount: UInt = 0
  }

  private static let free = Lock(Free())

  /// Start addresses of the chunks of slots, 0 while a chunk does not exist.
  private nonisolated(unsafe) static let chunks: UnsafeMutablePointer<Atomic<UInt>> = {
    // Never freed: the table lives as long as the process.
    let count = 1 << indexBitCount / chunkSlotCount
    let chunks = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: count)
    for index in 0..<count { unsafe (chunks + index).initialize(to: Atomic(0)) }
    return unsafe chunks
  }()

  /// A handle for `object`, which it keeps alive until `remove`.
  ///
  /// - Throws: `.overBudget` when a million handles are open.
  static func insert<Object: HandleObject>(
    _ object: Object, cursor: UnsafeMutablePointer<RowCursor>? = nil
  ) throws(TernError) -> UInt {
    let bits = free.withLock { free -> UInt? in
      if free.indexes.isEmpty, !grow(&free) { return nil }
      // Sound: indexes on the list belong to slots that exist and that nobody else uses.
      guard let index = free.indexes.popLast(), let slot = unsafe slot(at: index) else {
        return nil
      }
      unsafe slot.pointee.generation += 1
      let bits = unsafe handle(Object.kind, slot.pointee.generation, index)
      unsafe slot.pointee.object = Unmanaged.passRetained(object)
      unsafe slot.pointee.cursor = cursor
      unsafe slot.pointee.live.store(bits, ordering: .releasing)
      return bits
    }
    guard let bits else { throw .overBudget("too many open handles: free some") }
    return bits
  }

  /// The object behind a handle, or nil if the handle is not a live one of that kind.
  static func object<Object: HandleObject>(_ bits: UInt, _ type: Object.Type) -> Object? {
    guard isKind(bits, Object.kind), let slot = unsafe slot(at: index(bits)) else { return nil }
    return free.withLock { _ -> Object? in
      // Sound: the slot is live, so its object is there, and the kind says what class it has.
      guard unsafe slot.pointee.live.load(ordering: .relaxed) == bits,
        let object = unsafe slot.pointee.object
      else { return nil }
      return unsafe unsafeDowncast(object.takeUnretainedValue(), to: Object.self)
    }
  }

  /// The row cursor of a live result handle, without a lock: for getters of a few nanoseconds.
  ///
  /// Valid until the handle is freed, which the caller may not do in another thread meanwhile.
  @inline(__always)
  static func cursor(_ bits: UInt) -> UnsafeMutablePointer<RowCursor>? {
    guard isKind(bits, .result), let slot = unsafe slot(at: index(bits)),
      unsafe slot.pointee.live.load(ordering: .acquiring) == bits
    else { return nil }
    return unsafe slot.pointee.cursor
  }

  /// Ends a handle and gives its object back; nil if it was not a live one of that kind.
  static func remove<Object: HandleObject>(_ bits: UInt, _ type: Object.Type) -> Object? {
    guard isKind(bits, Object.kind), let slot = unsafe slot(at: index(bits)) else { return nil }
    return free.withLock { free -> Object? in
      guard unsafe slot.pointee.live.load(ordering: .relaxed) == bits,
        let object = unsafe slot.pointee.object
      else { return nil }
      unsafe slot.pointee.live.store(0, ordering: .releasing)
      unsafe slot.pointee.object = nil
      unsafe slot.pointee.cursor = nil
      if unsafe slot.pointee.generation < generationMax { free.indexes.append(index(bits)) }
      // Sound: the kind says what class the object has; its count goes over to the caller.
      return unsafe unsafeDowncast(object.takeRetainedValue(), to: Object.self)
    }
  }

  // MARK: - Bits

  private static func handle(_ kind: HandleKind, _ generation: UInt, _ index: UInt) -> UInt {
    kind.rawValue << UInt(indexBitCount + generationBitCount + alignmentBitCount)
      | generation << UInt(indexBitCount + alignmentBitCount) | index << UInt(alignmentBitCount)
  }

  @inline(__always)
  private static func isKind(_ bits: UInt, _ kind: HandleKind) -> Bool {
    bits >> UInt(indexBitCount + generationBitCount + alignmentBitCount) == kind.rawValue
  }

  @inline(__always)
  private static func index(_ bits: UInt) -> UInt {
    bits >> UInt(alignmentBitCount) & (1 << UInt(indexBitCount) - 1)
  }

  /// The slot of an index, which is below 2^20; nil while its chunk does not exist.
  @inline(__always)
  private static func slot(at index: UInt) -> UnsafeMutablePointer<HandleSlot>? {
    // Sound: there are as many chunk entries as indexes ask for, and chunks are never freed.
    let chunk = unsafe chunks[Int(index) / chunkSlotCount].load(ordering: .acquiring)
    guard let start = unsafe UnsafeMutablePointer<HandleSlot>(bitPattern: chunk) else {
      return nil
    }
    return unsafe start + Int(index) % chunkSlotCount
  }

  private static func grow(_ free: inout Free) -> Bool {
    guard free.slotCount < 1 << UInt(indexBitCount) else { return false }
    let chunk = UnsafeMutablePointer<HandleSlot>.allocate(capacity: chunkSlotCount)
    for index in 0..<chunkSlotCount { unsafe (chunk + index).initialize(to: HandleSlot()) }
    unsafe chunks[Int(free.slotCount) / chunkSlotCount].store(
      UInt(bitPattern: chunk), ordering: .releasing)
    let first = free.slotCount
    free.slotCount += UInt(chunkSlotCount)
    free.indexes = Array((first..<free.slotCount).reversed())
    return true
  }
}
