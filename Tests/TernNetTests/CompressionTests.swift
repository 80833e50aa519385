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
}
