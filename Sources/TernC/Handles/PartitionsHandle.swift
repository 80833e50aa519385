import TernDriver

/// The parts of a result in C's hands.
@safe final class PartitionsHandle: HandleObject, @unchecked Sendable {
  static let kind = HandleKind.partitions
  // Sound as Sendable: written before the object exists and never after.

  private let parts: [UnsafeMutableBufferPointer<UInt8>]

  init(_ partitions: [Partition]) {
    unsafe parts = partitions.map { partition in
      let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: partition.bytes.count)
      _ = unsafe copy.initialize(from: partition.bytes)
      return unsafe copy
    }
  }

  // Sound: allocated above, and owned by nobody else.
  deinit { for index in unsafe parts.indices { unsafe parts[index].deallocate() } }

  var count: Int { unsafe parts.count }

  /// The bytes of a part, valid while this object lives; nil if there is none of that index.
  func part(_ index: Int32) -> UnsafeBufferPointer<UInt8>? {
    guard index >= 0, Int(index) < count else { return nil }
    return unsafe UnsafeBufferPointer(parts[Int(index)])
  }
}
