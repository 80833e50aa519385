import Synchronization

/// A place in the handle table.
///
/// Slots live in memory that is never given back, so that a freed handle can be looked at safely.
@safe struct HandleSlot: ~Copyable {
  /// The bits of the live handle, 0 while the slot is free.
  let live = Atomic<UInt>(0)
  /// The handle's object, with a count of its own; only under the table's lock.
  var object: Unmanaged<AnyObject>?
  /// Where a result keeps its current row; nil for all other kinds.
  var cursor: UnsafeMutablePointer<RowCursor>?
  /// How often the slot was used; only under the table's lock.
  var generation: UInt = 0
}
