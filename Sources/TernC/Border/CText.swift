/// Text that C reads in place: UTF-8 with a NUL behind it.
@safe final class CText: @unchecked Sendable {
  // Sound as Sendable: written before the object exists and never after.

  /// The first byte, valid while this object lives.
  let start: UnsafePointer<CChar>
  /// Bytes without the NUL.
  let count: Int

  /// Copies `text`.
  init(_ text: String) {
    var text = text
    (unsafe start, count) = text.withUTF8 { bytes in
      // Sound: allocated one byte longer than what is copied.
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
      for index in 0..<bytes.count { unsafe copy[index] = CChar(bitPattern: bytes[index]) }
      unsafe copy[bytes.count] = 0
      return unsafe (UnsafePointer(copy), bytes.count)
    }
  }

  // Sound: allocated above, and owned by nobody else.
  deinit { unsafe start.deallocate() }

  /// Hands address and length out; either place may be missing.
  func put(_ address: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ length: LengthOut) {
    // Sound: the caller says that the places are its own.
    unsafe address?.pointee = start
    unsafe length?.pointee = Int64(count)
  }

  /// Hands the length out and returns the address.
  func put(_ length: LengthOut) -> UnsafePointer<CChar> {
    unsafe length?.pointee = Int64(count)
    return unsafe start
  }

  /// What getters answer for a handle that is none.
  static let empty = CText("")
}
