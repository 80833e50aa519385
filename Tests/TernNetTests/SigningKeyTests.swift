import COpenSSL
import TernCore
import Testing

@testable import TernNet

@Suite struct SigningKeyTests {
  /// A PEM key made by OpenSSL.
  private func pem(_ type: String, _ change: (OpaquePointer?) -> Void) -> Secret {
    let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil)
    unsafe EVP_PKEY_keygen_init(context)
    unsafe change(context)
    var key: OpaquePointer?
    unsafe EVP_PKEY_generate(context, &key)
    let output = unsafe BIO_new(BIO_s_mem())
    unsafe PEM_write_bio_PKCS8PrivateKey(output, key, nil, nil, 0, nil, nil)
    var bytes = [UInt8](repeating: 0, count: 8_192)
    let count = unsafe BIO_read(output, &bytes, CInt(bytes.count))
    unsafe BIO_free(output)
    unsafe EVP_PKEY_free(key)
    unsafe EVP_PKEY_CTX_free(context)
    return Secret(String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self))
  }

  private func curve(_ name: String) -> Secret {
    unsafe pem("EC") { context in unsafe EVP_PKEY_CTX_set_group_name(context, name) }
  }

  /// Whether OpenSSL takes the signature for the key's.
  private func isValid(_ signature: [UInt8], _ message: [UInt8], _ pem: Secret) -> Bool {
    let text = Array(pem.text.utf8)
    let input = unsafe BIO_new_mem_buf(text, CInt(text.count))
    let key = unsafe PEM_read_bio_PrivateKey(input, nil, nil, nil)
    let context = unsafe EVP_MD_CTX_new()
    defer {
      unsafe BIO_free(input)
      unsafe EVP_PKEY_free(key)
      unsafe EVP_MD_CTX_free(context)
    }
    unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key)
    return unsafe EVP_DigestVerify(
      context, signature, signature.count, message, message.count) == 1
  }

  /// A positive number in DER.
  private func number(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var digits = Array(bytes.drop { $0 == 0 })
    if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
    return [0x02, UInt8(digits.count)] + digits
  }

  @Test func signsWithRSA() throws {
    let pem = unsafe pem("RSA") { context in
      unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2_048)
    }
    let key = try SigningKey(pem: pem)
    #expect(key.algorithm.name == "RS256")
    let signature = try key.sign([1, 2, 3])
    #expect(signature.count == 256)
    #expect(isValid(signature, [1, 2, 3], pem))
    #expect(!isValid(signature, [1, 2, 4], pem))
    #expect(key.fingerprint.hasPrefix("SHA256:") && key.fingerprint.utf8.count == 51)
    #expect(try SigningKey(pem: pem).fingerprint == key.fingerprint)
  }

  @Test func signsWithP256InTheFormOfTokens() throws {
    let pem = curve("P-256")
    let key = try SigningKey(pem: pem)
    #expect(key.algorithm.name == "ES256")
    // Often enough to meet numbers with leading zeros or a high first bit.
    for round in 0..<64 {
      let message: [UInt8] = [UInt8(round)]
      let plain = try key.sign(message)
      #expect(plain.count == 64)
      let body = number(plain[..<32]) + number(plain[32...])
      #expect(isValid([0x30, UInt8(body.count)] + body, message, pem))
    }
  }

  @Test func readsAnEncryptedKeyWithItsPasswordOnly() throws {
    let file = TestCertificate("DNS:x", password: "open sesame")
    let bytes = try SmallFile.read(file.keyFile)
    let pem = Secret(String(decoding: bytes, as: UTF8.self))
    #expect(try SigningKey(pem: pem, password: Secret("open sesame")).algorithm == .es256)
    for wrong in [nil, Secret("wrong secret")] {
      do throws(TernError) {
        _ = try SigningKey(pem: pem, password: wrong)
        Issue.record("read")
      } catch {
        #expect(error.kind == .usage)
        #expect(error.message.range(of: "wrong secret") == nil)
      }
    }
  }

  @Test func refusesOtherKeys() {
    for pem in [curve("secp256k1"), Secret("no key"), Secret("")] {
      #expect(throws: TernError.self) { try SigningKey(pem: pem) }
    }
  }
}
