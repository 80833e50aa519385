import TernCore

/// A table of a flatbuffer that somebody else wrote: every offset and length is checked.
///
/// Source: Flatbuffers, "Internals".
struct FlatBufferTable {
  private let bytes: [UInt8]
  private let start: Int
  private let slots: Int
  private let slotCount: Int

  /// The table that the buffer starts with.
  init(root bytes: [UInt8]) throws(TernError) {
    try self.init(bytes, at: try Self.target(bytes, 0))
  }

  private init(_ bytes: [UInt8], at start: Int) throws(TernError) {
    self.bytes = bytes
    self.start = start
    let distance = Int(Int32(bitPattern: try Self.number(bytes, start)))
    slots = start - distance
    guard slots >= 0, slots <= bytes.count else { throw Self.malformed(start) }
    let byteCount: UInt16 = try Self.number(bytes, slots)
    guard byteCount >= 4, byteCount % 2 == 0, slots + Int(byteCount) <= bytes.count else {
      throw Self.malformed(slots)
    }
    slotCount = (Int(byteCount) - 4) / 2
  }

  /// The number in a slot, or what stands for one that is absent.
  func number<Number: FixedWidthInteger>(
    _ slot: Int, default absent: Number = 0
  ) throws(TernError) -> Number {
    guard let place = try place(slot) else { return absent }
    return try Self.number(bytes, place)
  }

  /// The Boolean in a slot; an absent one is false.
  func bool(_ slot: Int) throws(TernError) -> Bool {
    let value: UInt8 = try number(slot)
    return value != 0
  }

  /// The table that a slot points to.
  func table(_ slot: Int) throws(TernError) -> FlatBufferTable? {
    guard let place = try place(slot) else { return nil }
    return try FlatBufferTable(bytes, at: try Self.target(bytes, place))
  }

  /// The text that a slot points to; bytes that are not UTF-8 are repaired.
  func string(_ slot: Int) throws(TernError) -> String? {
    guard let (first, count) = try vector(slot, elementByteCount: 1) else { return nil }
    return String(decoding: bytes[first..<first + count], as: UTF8.self)
  }

  /// The tables that a slot points to.
  func tables(_ slot: Int) throws(TernError) -> [FlatBufferTable] {
    guard let (first, count) = try vector(slot, elementByteCount: 4) else { return [] }
    guard count <= Limits.columnCountMax else { throw Self.malformed(first) }
    var tables: [FlatBufferTable] = []
    for index in 0..<count {
      tables.append(try FlatBufferTable(bytes, at: try Self.target(bytes, first + 4 * index)))
    }
    return tables
  }

  /// Structs of two 64-bit integers.
  func pairs(_ slot: Int) throws(TernError) -> [(first: Int64, second: Int64)] {
    guard let (first, count) = try vector(slot, elementByteCount: 16) else { return [] }
    var pairs: [(first: Int64, second: Int64)] = []
    for index in 0..<count {
      let low: Int64 = try Self.number(bytes, first + 16 * index)
      let high: Int64 = try Self.number(bytes, first + 16 * index + 8)
      pairs.append((low, high))
    }
    return pairs
  }

  /// Where the elements of a vector start, and how many there are; all are inside the buffer.
  private func vector(
    _ slot: Int, elementByteCount: Int
  ) throws(TernError) -> (first: Int, count: Int)? {
    guard let place = try place(slot) else { return nil }
    let target = try Self.target(bytes, place)
    let count = Int(try Self.number(bytes, target) as UInt32)
    guard count <= (bytes.count - target - 4) / elementByteCount else {
      throw Self.malformed(target)
    }
    return (target + 4, count)
  }

  /// Where the value of a slot lies; nil if it is absent.
  private func place(_ slot: Int) throws(TernError) -> Int? {
    guard slot < slotCount else { return nil }
    let offset: UInt16 = try Self.number(bytes, slots + 4 + 2 * slot)
    return offset == 0 ? nil : start + Int(offset)
  }

  private static func target(_ bytes: [UInt8], _ place: Int) throws(TernError) -> Int {
    let distance: UInt32 = try number(bytes, place)
    let target = place + Int(distance)
    guard target + 4 <= bytes.count else { throw malformed(place) }
    return target
  }

  private static func number<Number: FixedWidthInteger>(
    _ bytes: [UInt8], _ place: Int
  ) throws(TernError) -> Number {
    let byteCount = Number.bitWidth / 8
    guard place >= 0, place <= bytes.count - byteCount else { throw malformed(place) }
    var number: UInt64 = 0
    for index in 0..<byteCount { number |= UInt64(bytes[place + index]) << UInt64(8 * index) }
    return Number(truncatingIfNeeded: number)
  }

  private static func malformed(_ place: Int) -> TernError {
    .badMessage("the metadata of an Arrow stream", at: place)
  }
}
