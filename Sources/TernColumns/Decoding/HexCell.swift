/// Bytes as pairs of hexadecimal digits in quotes.
enum HexCell: CellFormat {
  @inline(__always) static var byteWidth: Int { 4 }
  @inline(__always) static var isText: Bool { true }

  @inline(__always)
  @unsafe static func read(
    _ start: UnsafeRawPointer, _ sink: inout CellSink
  ) -> UnsafeRawPointer? {
    guard unsafe byte(start) == UInt8(ascii: "\"") else { return nil }
    var source = unsafe start + 1
    var target = unsafe sink.data
    // Sound: a digit is no byte behind the window's end, and `dataLimit` is not passed.
    while let high = unsafe HexDigit.value(byte(source)) {
      guard let low = unsafe HexDigit.value(byte(source + 1)), unsafe target < sink.dataLimit
      else { return nil }
      unsafe target.storeBytes(of: high &<< 4 | low, as: UInt8.self)
      unsafe target += 1
      unsafe source += 2
    }
    guard unsafe byte(source) == UInt8(ascii: "\"") else { return nil }
    unsafe sink.dataEnd = target
    unsafe sink.values.storeBytes(
      of: Int32(truncatingIfNeeded: target - sink.dataStart), as: Int32.self)
    return unsafe source + 1
  }
}
