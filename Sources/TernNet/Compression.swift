/// How compressed bytes are wrapped.
public enum Compression: Sendable {
  /// RFC 1950: two bytes of header, Adler-32 at the end.
  case zlib
  /// RFC 1952: one or more members, CRC-32 at their ends.
  case gzip
  /// RFC 1951 alone.
  case raw
  /// For reading: whichever of them the first two bytes look like.
  case detected

  /// `windowBits` of zlib.
  func windowBits(firstBytes: (UInt8, UInt8)) -> Int32 {
    switch self {
    case .zlib: return 15
    case .gzip: return 31
    case .raw: return -15
    case .detected:
      if firstBytes.0 == 0x1F && firstBytes.1 == 0x8B { return 31 }
      let word = UInt16(firstBytes.0) << 8 | UInt16(firstBytes.1)
      return firstBytes.0 & 0x0F == 8 && word % 31 == 0 ? 15 : -15
    }
  }
}
