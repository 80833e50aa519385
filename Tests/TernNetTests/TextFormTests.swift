import TernCore
import Testing

@testable import TernNet

@Suite struct TextFormTests {
  // RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func base64FollowsTheStandard(plain: String, coded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == coded)
    #expect(Base64.decode(coded) == Array(plain.utf8))
    #expect(Base64.decode(coded.filter { $0 != "=" }) == Array(plain.utf8))
  }

  @Test(arguments: ["A", "A===", "Zg=a", "Z!==", "Zg="])
  func refusesWhatIsNoBase64(text: String) { #expect(Base64.decode(text) == nil) }

  @Test func bothAlphabetsAreRead() {
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
    #expect(Base64.encodeURLSafe([0xFB, 0xFF]) == "-_8")
    #expect(Base64.decode("-_8") == [0xFB, 0xFF])
  }

  @Test func hexComesBack() {
    #expect(Hex.encode([0, 0x9A, 0xFF]) == "009aff")
    #expect(Hex.decode("009AfF") == [0, 0x9A, 0xFF])
    #expect(Hex.decode("0") == nil)
    #expect(Hex.decode("0g") == nil)
  }

  @Test func digestsFollowTheirStandards() {
    #expect(Hex.encode(Digest.md5.of([])) == "d41d8cd98f00b204e9800998ecf8427e")
    #expect(
      Hex.encode(Digest.sha1.of(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    // RFC 4231, section 4.3.
    #expect(
      Hex.encode(
        Digest.sha256.hmac(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test(arguments: [
    ([0x41, 0xC3, 0xA4, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80], true),
    ([0xF4, 0x8F, 0xBF, 0xBF], true), ([0xEE, 0x80, 0x80], true), ([0xE0, 0xA0, 0x80], true),
    ([0xC0, 0x80], false), ([0xC1, 0xBF], false), ([0xE0, 0x9F, 0xBF], false),
    ([0xED, 0xA0, 0x80], false), ([0xF0, 0x8F, 0xBF, 0xBF], false),
    ([0xF4, 0x90, 0x80, 0x80], false), ([0xF5, 0x80, 0x80, 0x80], false), ([0x80], false),
    ([0xC3], false), ([0xE2, 0x82], false), ([0xC3, 0x41], false),
  ])
  func utf8IsCheckedWhereverItIsCut(text: [UInt8], isText: Bool) {
    // Long runs around it reach the check by blocks.
    let bytes = [UInt8](repeating: 0x61, count: 67) + text + (isText ? [0x62] : [])
    for cut in 0...bytes.count {
      var check = UTF8Check()
      let first = Array(bytes[..<cut])
      let second = Array(bytes[cut...])
      let isAccepted =
        unsafe first.withUnsafeBytes { unsafe check.accept($0) }
        && second.withUnsafeBytes { unsafe check.accept($0) } && check.isComplete
      #expect(isAccepted == isText, "cut at byte \(cut)")
    }
  }

  @Test func maskingIsTheSameAtEveryOffsetAndLength() {
    let mask = WebSocketMask(0x0403_0201)
    let plain = (0..<100).map { UInt8($0) }
    for offset in 0..<5 {
      for count in [0, 1, 3, 31, 32, 33, 64, 95] {
        var target = [UInt8](repeating: 0, count: count)
        unsafe plain.withUnsafeBytes { source in
          let piece = unsafe UnsafeRawBufferPointer(rebasing: source[..<count])
          unsafe target.withUnsafeMutableBytes { unsafe mask.apply(piece, to: $0, at: offset) }
        }
        #expect(target == (0..<count).map { plain[$0] ^ UInt8(1 + ($0 + offset) % 4) })
      }
    }
  }
}
