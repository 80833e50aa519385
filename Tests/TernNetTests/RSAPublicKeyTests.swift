import COpenSSL
import TernCore
import Testing

@testable import TernNet

@Suite struct RSAPublicKeyTests {
  // Exasol reference, section 12.1: a 1024-bit key for tests.
  private let modulus =
    "a27606b686dd798824e01cc23cf98954d0a4881d851f16ae250a68fb7fad8700743d26e66329d26d931571e8"
    + "ec5e5fe5e3340b7241dcbc55232e6092d139dc40c58c77cbf3dddc2d5dba7676bb32bb76e5bb390c008a02f3"
    + "d615439e3f66303629d2cddc8891bed83fa19cf86882fe4af0fb42330efe510401cca8a9da5c8f35"
  private let privateExponent =
    "750cb85575e1c81831094f6f1ae366f0b6ca744f60843fa1048af58c8e3706176ba84b889e559988dcfa0c72"
    + "172affc8efe3a58392b468f4a63e59d22df09420e869e2824cf2b41cc25fddf780f0c418972f3fd465d7e967"
    + "1998765f71435a81f4dbe92c06f14fcbed54f9bef2113ff505a1a6857b0aea7b78698534b0032a19"
  private let pem = """
    -----BEGIN RSA PUBLIC KEY-----
    MIGJAoGBAKJ2BraG3XmIJOAcwjz5iVTQpIgdhR8WriUKaPt/rYcAdD0m5mMp0m2T
    FXHo7F5f5eM0C3JB3LxVIy5gktE53EDFjHfL893cLV26dna7Mrt25bs5DACKAvPW
    FUOeP2YwNinSzdyIkb7YP6Gc+GiC/krw+0IzDv5RBAHMqKnaXI81AgMBAAE=
    -----END RSA PUBLIC KEY-----
    """

  /// `cipher` to the power of the private exponent, padding removed.
  private func decrypt(_ cipher: [UInt8]) -> [UInt8] {
    let c = unsafe BN_bin2bn(cipher, CInt(cipher.count), nil)
    var n: OpaquePointer?
    unsafe BN_hex2bn(&n, modulus)
    var d: OpaquePointer?
    unsafe BN_hex2bn(&d, privateExponent)
    let scratch = unsafe BN_CTX_new()
    unsafe BN_mod_exp(c, c, d, n, scratch)
    var block = [UInt8](repeating: 0, count: 128)
    unsafe BN_bn2binpad(c, &block, 128)
    unsafe BN_free(c)
    unsafe BN_free(n)
    unsafe BN_free(d)
    unsafe BN_CTX_free(scratch)
    #expect(block.prefix(2) == [0, 2])
    let padding = block.dropFirst(2).prefix { $0 != 0 }
    #expect(padding.count >= 8)
    return Array(block.dropFirst(2 + padding.count + 1))
  }

  @Test(arguments: ["tern-secret", "pässwörd-€", "", String(repeating: "x", count: 117)])
  func encryptsForTheHolderOfTheKey(password: String) throws {
    let numbers = try RSAPublicKey(modulus: modulus, exponent: "010001")
    let text = try RSAPublicKey(pem: pem)
    for key in [numbers, text] {
      #expect(key.byteCount == 128)
      #expect(decrypt(try key.encrypt(Array(password.utf8))) == Array(password.utf8))
    }
    let first = try numbers.encrypt(Array(password.utf8))
    #expect(try numbers.encrypt(Array(password.utf8)) != first)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let key = try RSAPublicKey(modulus: modulus, exponent: "010001")
    #expect(throws: TernError.self) { try key.encrypt([UInt8](repeating: 1, count: 118)) }
  }

  @Test(arguments: ["", "00", "zz", "a2", String(repeating: "00", count: 128)])
  func refusesAModulusThatIsNone(text: String) {
    #expect(throws: TernError.self) { try RSAPublicKey(modulus: text, exponent: "010001") }
  }

  @Test func refusesEveryTruncationOfAKey() throws {
    let body = pem.split(separator: "\n").dropFirst().dropLast().joined()
    let der = try #require(Base64.decode(body))
    for cut in 0..<der.count {
      let text = Base64.encode(Array(der[..<cut]))
      #expect(throws: TernError.self, "cut at byte \(cut)") { try RSAPublicKey(pem: text) }
    }
  }
}
