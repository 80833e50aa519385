import TernCore
import Testing

@testable import TernNet

@Suite struct AESCipherTests {
  private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }

  private func run(
    _ encrypts: Bool, _ mode: AESCipher.Mode, _ key: [UInt8], _ input: [UInt8],
    isPadded: Bool = true
  ) throws(TernError) -> [UInt8] {
    let cipher = try AESCipher(encrypts: encrypts, mode, key: key, isPadded: isPadded)
    var output: [UInt8] = []
    for byte in input { output += try cipher.update([byte]) }
    return output + (try cipher.finish())
  }

  // NIST SP 800-38A, sections F.1.1 and F.2.1.
  @Test func agreesWithTheStandardsExamples() throws {
    let key = try bytes("2b7e151628aed2a6abf7158809cf4f3c")
    let plain = try bytes("6bc1bee22e409f96e93d7e117393172a")
    let ecb = try run(true, .ecb, key, plain, isPadded: false)
    #expect(Hex.encode(ecb) == "3ad77bb40d7a3660a89ecaf32466ef97")
    let vector = try bytes("000102030405060708090a0b0c0d0e0f")
    let cbc = try run(true, .cbc(vector), key, plain, isPadded: false)
    #expect(Hex.encode(cbc) == "7649abac8119b246cee98e9b12e9197d")
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100], [16, 32])
  func comesBack(count: Int, keyByteCount: Int) throws {
    let key = [UInt8](repeating: 7, count: keyByteCount)
    let plain = (0..<count).map { UInt8($0) }
    for mode in [AESCipher.Mode.ecb, .cbc([UInt8](repeating: 9, count: 16))] {
      let packed = try run(true, mode, key, plain)
      #expect(packed.count == (count / 16 + 1) * 16)
      #expect(try run(false, mode, key, packed) == plain)
      #expect(throws: TernError.self) { try run(false, mode, key, Array(packed.dropLast())) }
    }
  }

  @Test func gcmNoticesEveryChange() throws {
    let key = [UInt8](repeating: 7, count: 32)
    let mode = AESCipher.Mode.gcm(nonce: [UInt8](repeating: 1, count: 12), authenticated: [5])
    let cipher = try AESCipher(encrypts: true, mode, key: key)
    let packed = try cipher.update([1, 2, 3]) + cipher.finish()
    let tag = cipher.tag
    func decrypt(_ packed: [UInt8], _ tag: [UInt8]) throws(TernError) -> [UInt8] {
      let cipher = try AESCipher(encrypts: false, mode, key: key)
      let plain = try cipher.update(packed)
      return plain + (try cipher.finish(tag: tag))
    }
    #expect(try decrypt(packed, tag) == [1, 2, 3])
    #expect(throws: TernError.self) { try decrypt([packed[0] ^ 1, packed[1], packed[2]], tag) }
    #expect(throws: TernError.self) { try decrypt(packed, tag.map { $0 ^ 1 }) }
    #expect(throws: TernError.self) { try decrypt(packed, []) }
  }

  @Test func refusesOtherLengths() {
    let vector = [UInt8](repeating: 1, count: 16)
    #expect(throws: TernError.self) { try AESCipher(encrypts: true, .cbc(vector), key: [1]) }
    #expect(throws: TernError.self) { try AESCipher(encrypts: true, .cbc([1]), key: vector) }
  }
}
