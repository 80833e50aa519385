import COpenSSL
import Glibc

@testable import TernNet

/// A self-signed certificate in a directory of its own, made anew for each test.
final class TestCertificate: Sendable {
  let certificateFile: String
  let keyFile: String
  /// SHA-256 of the certificate.
  let fingerprint: String
  private let directory: String
  private let extras = Monitor<[String]>([])

  /// - Parameter names: as OpenSSL writes subject alternative names: `DNS:a,IP:127.0.0.1`.
  /// - Parameter seconds: validity, counted from now.
  /// - Parameter password: encrypts the key.
  init(_ names: String, seconds: ClosedRange<Int> = -60...3_600, password: String? = nil) {
    var template = Array("/tmp/tern-net-XXXXXX".utf8CString)
    _ = unsafe mkdtemp(&template)
    directory = String(
      decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    certificateFile = directory + "/certificate.pem"
    keyFile = directory + "/key.pem"
    let key = unsafe Self.makeKey()
    let certificate = unsafe Self.certificate(names, seconds, key)
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe X509_digest(certificate, EVP_sha256(), &digest, nil)
    fingerprint = Hex.encode(digest)
    let output = unsafe BIO_new_file(certificateFile, "w")
    unsafe PEM_write_bio_X509(output, certificate)
    unsafe BIO_free(output)
    let keyOutput = unsafe BIO_new_file(keyFile, "w")
    let cipher = unsafe password == nil ? nil : EVP_aes_256_cbc()
    let secret = (password ?? "").utf8CString.map { $0 }
    unsafe PEM_write_bio_PKCS8PrivateKey(
      keyOutput, key, cipher, password == nil ? nil : secret, CInt(secret.count - 1), nil, nil)
    unsafe BIO_free(keyOutput)
    unsafe X509_free(certificate)
    unsafe EVP_PKEY_free(key)
  }

  /// A folder that OpenSSL looks certificates up in by the hash of their subject.
  func hashedFolder() throws -> String {
    let file = unsafe BIO_new_file(certificateFile, "r")
    let certificate = unsafe PEM_read_bio_X509(file, nil, nil, nil)
    let hash = unsafe X509_NAME_hash_ex(X509_get_subject_name(certificate), nil, nil, nil)
    unsafe X509_free(certificate)
    unsafe BIO_free(file)
    let digits = String(hash, radix: 16)
    let name = String(repeating: "0", count: 8 - digits.count) + digits + ".0"
    _ = unsafe symlink(certificateFile, directory + "/" + name)
    extras.withLock { $0.append(directory + "/" + name) }
    return directory
  }

  deinit {
    for path in extras.withLock({ $0 }) { unsafe unlink(path) }
    for path in [certificateFile, keyFile] { unsafe unlink(path) }
    unsafe rmdir(directory)
  }

  private static func makeKey() -> OpaquePointer? {
    let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
    defer { unsafe EVP_PKEY_CTX_free(context) }
    unsafe EVP_PKEY_keygen_init(context)
    unsafe EVP_PKEY_CTX_set_group_name(context, "P-256")
    var key: OpaquePointer?
    unsafe EVP_PKEY_generate(context, &key)
    return unsafe key
  }

  private static func certificate(
    _ names: String, _ seconds: ClosedRange<Int>, _ key: OpaquePointer?
  ) -> OpaquePointer? {
    let certificate = unsafe X509_new()
    unsafe X509_set_version(certificate, 2)
    unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
    unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), seconds.lowerBound)
    unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), seconds.upperBound)
    let name = unsafe X509_get_subject_name(certificate)
    unsafe X509_NAME_add_entry_by_txt(name, "CN", 0x1001, "tern test", -1, -1, 0)
    unsafe X509_set_issuer_name(certificate, name)
    unsafe X509_set_pubkey(certificate, key)
    let extensions = [(NID_subject_alt_name, names), (NID_basic_constraints, "critical,CA:TRUE")]
    for (number, value) in extensions {
      let entry = unsafe X509V3_EXT_conf_nid(nil, nil, number, value)
      unsafe X509_add_ext(certificate, entry, -1)
      unsafe X509_EXTENSION_free(entry)
    }
    unsafe X509_sign(certificate, key, EVP_sha256())
    return unsafe certificate
  }
}
