import Foundation

/// Keys made by the `openssl` program, and what it says of signatures.
enum Keys {
  @discardableResult
  static func openssl(_ arguments: [String], in folder: TemporaryFolder) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }

  /// `key.p8` (PEM), `key.der` and `encrypted.p8` (password `open sesame`) of one new key.
  static func make(_ algorithm: String, in folder: TemporaryFolder) throws {
    let options =
      algorithm == "RSA"
      ? ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
      : ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(algorithm)"]
    try openssl(["genpkey"] + options + ["-out", "key.p8"], in: folder)
    try openssl(
      ["pkcs8", "-topk8", "-nocrypt", "-in", "key.p8", "-outform", "DER", "-out", "key.der"],
      in: folder)
    try openssl(
      [
        "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-in", "key.p8",
        "-out", "encrypted.p8", "-passout", "pass:open sesame",
      ], in: folder)
    try openssl(["pkey", "-in", "key.p8", "-pubout", "-out", "public.pem"], in: folder)
  }

  /// What the service shows as the key's fingerprint.
  static func fingerprint(in folder: TemporaryFolder) throws -> String {
    let der = try openssl(
      ["pkey", "-pubin", "-in", "public.pem", "-outform", "DER"], in: folder)
    try der.write(to: URL(fileURLWithPath: folder.path + "/public.der"))
    let digest = try openssl(["dgst", "-sha256", "-binary", "public.der"], in: folder)
    return "SHA256:" + digest.base64EncodedString()
  }

  /// Whether the signature of a token is the key's.
  static func isSigned(_ token: String, _ digest: String, in folder: TemporaryFolder) throws
    -> Bool
  {
    let parts = token.split(separator: ".").map(String.init)
    guard parts.count == 3, var signature = decode(parts[2]) else { return false }
    if digest != "RSA-SHA256" { signature = der(Array(signature)) }
    try Data("\(parts[0]).\(parts[1])".utf8).write(
      to: URL(fileURLWithPath: folder.path + "/signed"))
    try signature.write(to: URL(fileURLWithPath: folder.path + "/signature"))
    let name = digest == "RSA-SHA256" ? "sha256" : digest
    let answer = try openssl(
      ["dgst", "-\(name)", "-verify", "public.pem", "-signature", "signature", "signed"],
      in: folder)
    return String(decoding: answer, as: UTF8.self).contains("Verified OK")
  }

  /// The bytes of URL-safe Base64 without padding.
  static func decode(_ text: String) -> Data? {
    let standard = text.replacingOccurrences(of: "-", with: "+")
      .replacingOccurrences(of: "_", with: "/")
    return Data(
      base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4))
  }

  /// The claims or header of a token.
  static func part(_ index: Int, of token: String) -> [String: Any] {
    let parts = token.split(separator: ".").map(String.init)
    guard parts.count == 3, let data = decode(parts[index]) else { return [:] }
    return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
  }

  /// Two numbers as DER has them.
  private static func der(_ plain: [UInt8]) -> Data {
    let half = plain.count / 2
    let body = [plain[..<half], plain[half...]].flatMap { number -> [UInt8] in
      var digits = Array(number.drop { $0 == 0 })
      if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
      return [0x02, UInt8(digits.count)] + digits
    }
    let length: [UInt8] = body.count > 127 ? [0x81, UInt8(body.count)] : [UInt8(body.count)]
    return Data([0x30] + length + body)
  }
}
