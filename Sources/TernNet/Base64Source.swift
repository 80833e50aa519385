public import TernCore

/// The bytes that Base64 text stands for (RFC 4648, section 4), decoded into the reader's window:
/// a long text is never held a second time.
public final class Base64Source: ByteSource {
  private let text: [UInt8]
  private var next: Int
  private let end: Int
  private var failure: TernError?
  /// Bytes of a group that a window had no room for.
  private var rest: [UInt8] = []

  /// Decodes the text in `range`, which needs no padding at its end.
  public init(_ text: [UInt8], in range: Range<Int>) {
    self.text = text
    let range = range.clamped(to: text.indices)
    next = range.lowerBound
    var end = range.upperBound
    // Padding says nothing that the length does not.
    while end > next, range.upperBound - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
    self.end = end
  }

  /// See `ByteSource`. Throws `.connection` for what is no Base64.
  public func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    if let failure { throw failure }
    guard !window.isFull else { throw .usage("a read needs room for bytes") }
    if !rest.isEmpty {
      while !window.isFull, !rest.isEmpty { window.append(rest.removeFirst()) }
      return true
    }
    guard next < end else { return false }
    if window.freeCapacity < 3 || end - next < 4 {
      try readGroup()
      return try read(into: &window)
    }
    let groupCount = min((end - next) / 4, window.freeCapacity / 3)
    var isBad = false
    let start = next
    unsafe window.withUnsafeMutableBufferPointer { target, filled in
      isBad = unsafe !decode(start, groupCount, target, filled)
      // Sound: the loop has written that many bytes, for which there was room.
      if !isBad { filled += 3 * groupCount }
    }
    if isBad { throw fail() }
    next += 4 * groupCount
    return true
  }

  /// Decodes whole groups behind the first `filled` bytes; false if a digit is none.
  @unsafe private func decode(
    _ start: Int, _ groupCount: Int, _ target: UnsafeMutableBufferPointer<UInt8>, _ filled: Int
  ) -> Bool {
    var bad: UInt32 = 0
    // Sound: the text has four bytes a group from `start`, the target room for three; the table
    // has an entry for every byte.
    unsafe text.withUnsafeBufferPointer { text in
      unsafe Self.digits.withUnsafeBufferPointer { digits in
        var place = filled
        for index in stride(from: start, to: start + 4 * groupCount, by: 4) {
          let first = unsafe digits[Int(text[index])]
          let second = unsafe digits[Int(text[index + 1])]
          let third = unsafe digits[Int(text[index + 2])]
          let fourth = unsafe digits[Int(text[index + 3])]
          bad |= first | second | third | fourth
          let group = first &<< 18 | second &<< 12 | third &<< 6 | fourth
          unsafe target[place] = UInt8(truncatingIfNeeded: group &>> 16)
          unsafe target[place + 1] = UInt8(truncatingIfNeeded: group &>> 8)
          unsafe target[place + 2] = UInt8(truncatingIfNeeded: group)
          place += 3
        }
      }
    }
    return bad < 64
  }

  /// Decodes one group, which may be the short one at the end, into `rest`.
  private func readGroup() throws(TernError) {
    let count = min(4, end - next)
    var group: UInt32 = 0
    for index in 0..<4 {
      let digit = index < count ? Self.digits[Int(text[next + index])] : 0
      guard digit < 64 else { throw fail() }
      group = group << 6 | digit
    }
    guard count > 1 else { throw fail() }
    for index in 0..<count - 1 {
      rest.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * index)))
    }
    next += count
  }

  private func fail() -> TernError {
    let error = TernError.badReply("text that is no Base64")
    failure = error
    return error
  }

  /// The value of each byte as a digit; 64 and more for those that are none.
  private static let digits: [UInt32] = {
    var digits = [UInt32](repeating: 1 << 24, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, byte) in alphabet.utf8.enumerated() { digits[Int(byte)] = UInt32(value) }
    return digits
  }()
}
