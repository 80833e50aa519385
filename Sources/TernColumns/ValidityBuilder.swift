import TernCore

/// The validity bits of a column that grows: nothing is stored until the first NULL, and values
/// that are there cost nothing at all.
struct ValidityBuilder: ~Copyable {
  /// NULLs so far.
  private(set) var nullCount = 0
  private var bits = ByteStore()

  /// Marks `index` as NULL. Indexes not marked are valid.
  mutating func setNull(at index: Int) throws(TernError) {
    try fill(toByteCount: index / 8 + 1)
    guard let start = unsafe bits.start else { return }
    // Sound: `fill` wrote the byte that holds this bit.
    let byte = unsafe start.load(fromByteOffset: index / 8, as: UInt8.self)
    unsafe start.storeBytes(
      of: byte & ~(1 << UInt8(index % 8)), toByteOffset: index / 8, as: UInt8.self)
    nullCount += 1
  }

  /// The bits of `count` values, or nil if none is NULL.
  mutating func finish(count: Int) throws(TernError) -> Buffer? {
    guard nullCount > 0 else { return nil }
    nullCount = 0
    try fill(toByteCount: (count + 7) / 8)
    if count % 8 != 0, let start = unsafe bits.start {
      // Sound: `fill` wrote the last byte. Bits behind the last value are zero.
      let last = unsafe start.load(fromByteOffset: count / 8, as: UInt8.self)
      unsafe start.storeBytes(
        of: last & (1 << UInt8(count % 8) - 1), toByteOffset: count / 8, as: UInt8.self)
    }
    return try bits.finish()
  }

  private mutating func fill(toByteCount byteCount: Int) throws(TernError) {
    guard byteCount > bits.count else { return }
    try bits.append(repeating: 0xFF, byteCount: byteCount - bits.count)
  }
}
