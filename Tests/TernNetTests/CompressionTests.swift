import TernCore
import Testing

@testable import TernNet

@Suite struct CompressionTests {
  private let plain = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 9) }

  private func inflate(
    _ bytes: [UInt8], _ form: Compression = .detected, piece: Int = .max, max: Int = .max
  ) throws(TernError) -> [UInt8] {
    let inflater = Inflater(ArraySource(bytes, pieceMax: piece), form, byteCountMax: max)
    return try ByteCollector.all(of: inflater, byteCountMax: .max)
  }

  @Test(arguments: [Compression.zlib, .gzip, .raw])
  func comesBack(form: Compression) throws {
    let packed = try Deflater.compress(plain.span, form)
    #expect(packed.count < plain.count / 2)
    #expect(try inflate(packed, form) == plain)
    #expect(try inflate(packed, form == .raw ? .raw : .detected, piece: 1) == plain)
  }

  @Test func readsTheReferencesMessage() throws {
    let hex = "7801ab564acecfcd4dcc4b51b2524a4f2d712c2929ca4c2a2d492d56aa050088c60a01"
    let bytes = try #require(Hex.decode(hex))
    #expect(try inflate(bytes, .zlib) == Array(#"{"command":"getAttributes"}"#.utf8))
  }

  @Test func readsEveryMemberOfGzip() throws {
    let one = try Deflater.compress([1, 2, 3].span, .gzip)
    #expect(try inflate(one + one, .gzip, piece: 1) == [1, 2, 3, 1, 2, 3])
    #expect(try inflate(one + [0, 0, 0], .gzip) == [1, 2, 3])
    #expect(throws: TernError.self) { try inflate(one + [7], .gzip) }
  }

  @Test(arguments: [Compression.zlib, .gzip])
  func refusesEveryTruncation(form: Compression) throws {
    let packed = try Deflater.compress(Array(plain.prefix(500)).span, form)
    for cut in 1..<packed.count {
      #expect(throws: TernError.self, "cut at byte \(cut)") {
        try inflate(Array(packed[..<cut]), form)
      }
    }
    #expect(try inflate([], form) == [])
  }

  @Test func stopsAtTheLimit() throws {
    let packed = try Deflater.compress([UInt8](repeating: 0, count: 1_000_000).span, .zlib)
    #expect(try inflate(packed, max: 1_000_000).count == 1_000_000)
    #expect(throws: TernError.self) { try inflate(packed, max: 999_999) }
  }

  @Test func refusesDamage() throws {
    var packed = try Deflater.compress(plain.span, .zlib)
    packed[packed.count - 1] ^= 1
    #expect(throws: TernError.self) { try inflate(packed) }
  }

  /// The end of a gzip member: checksum and length.
  @Test(arguments: [1, 4, 5, 8], [1, 3, .max])
  func refusesAWrongTrailer(fromEnd: Int, piece: Int) throws {
    let packed = try Deflater.compress(plain.span, .gzip)
    for bit in 0..<8 {
      var damaged = packed
      damaged[packed.count - fromEnd] ^= 1 << UInt8(bit)
      #expect(throws: TernError.self) { try inflate(damaged, .gzip, piece: piece) }
    }
    // The second of two members is looked at as well.
    var last = packed + packed
    last[last.count - fromEnd] ^= 1
    #expect(throws: TernError.self) { try inflate(last, .gzip, piece: piece) }
    #expect(try inflate(packed + packed, .gzip, piece: piece) == plain + plain)
  }

  /// Against the definition, bit by bit, of any length, from any place, in two pieces.
  @Test func checksumsAreThoseOfTheDefinition() {
    func bitByBit(_ bytes: ArraySlice<UInt8>) -> UInt32 {
      var register = ~UInt32(0)
      for byte in bytes {
        register ^= UInt32(byte)
        for _ in 0..<8 {
          register = register >> 1 ^ (register & 1 == 1 ? 0xEDB8_8320 : 0)
        }
      }
      return ~register
    }
    func checksum(_ before: UInt32, _ bytes: ArraySlice<UInt8>) -> UInt32 {
      // Sound: read inside the closure only.
      unsafe bytes.withUnsafeBufferPointer { bytes in unsafe GzipCheck.checksum(before, bytes) }
    }
    #expect(checksum(0, Array("123456789".utf8)[...]) == 0xCBF4_3926)
    for count in [0, 1, 15, 16, 63, 64, 65, 127, 128, 129, 191, 192, 255, 256, 1_000, 4_099] {
      for start in [0, 1, 7, 16] {
        let bytes = plain[start..<start + count]
        #expect(checksum(0, bytes) == bitByBit(bytes), "\(count) from \(start)")
        let middle = start + count / 3
        let front = checksum(0, plain[start..<middle])
        #expect(checksum(front, plain[middle..<start + count]) == bitByBit(bytes))
      }
    }
  }
}
