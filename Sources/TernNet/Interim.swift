// Stands in until streaming inflate and deflate, host facts, small files and the RSA cipher are here: delete
// each declaration as its real one lands.
internal import COpenSSL
internal import CZlib
internal import Glibc
public import TernCore

extension ByteStream {
  public var peerAddress: String { "127.0.0.1" }
}

public enum HostFacts {
  public static var programName: String? { "tern" }
  public static var operatingSystem: String { "Linux" }
  public static var userName: String? { "user" }
}

public enum PasswordCipher {
  public static func encrypt(_ password: Secret, modulusHex: String, exponentHex: String) throws(TernError) -> String {
    // C = EM^e mod n with OpenSSL's big numbers: key size limits do not apply here.
    var n: OpaquePointer? = nil
    var e: OpaquePointer? = nil
    _ = unsafe modulusHex.withCString { unsafe BN_hex2bn(&n, $0) }
    _ = unsafe exponentHex.withCString { unsafe BN_hex2bn(&e, $0) }
    let k = modulusHex.utf8.count / 2
    let m = Array(password.text.utf8)
    var ps: [UInt8] = []
    while ps.count < k - m.count - 3 { ps += RandomBytes.make(64).filter { $0 != 0 } }
    let em: [UInt8] = [0, 2] + ps.prefix(k - m.count - 3) + [0] + m
    let ctx = unsafe BN_CTX_new()
    let a = unsafe em.withUnsafeBufferPointer { unsafe BN_bin2bn($0.baseAddress, Int32(em.count), nil) }
    let r = unsafe BN_new()
    _ = unsafe BN_mod_exp(r, a, e, n, ctx)
    var out = [UInt8](repeating: 0, count: k)
    _ = unsafe out.withUnsafeMutableBufferPointer { unsafe BN_bn2binpad(r, $0.baseAddress, Int32(k)) }
    return Base64.encode(out)
  }
}

public enum Deflater {
  public static func zlib(_ bytes: [UInt8]) throws(TernError) -> [UInt8] {
    var size = uLongf(bytes.count + bytes.count / 100 + 64)
    var out = [UInt8](repeating: 0, count: Int(size))
    _ = unsafe out.withUnsafeMutableBufferPointer { o in unsafe bytes.withUnsafeBufferPointer { i in unsafe compress2(o.baseAddress, &size, i.baseAddress, uLong(i.count), 1) } }
    return Array(out.prefix(Int(size)))
  }
}

public final class Inflater: ByteSource {
  private var all: [UInt8]
  private var at = 0
  public init(_ source: any ByteSource) throws(TernError) {
    let input = try ByteCollector.all(of: source, byteCountMax: 1 << 30)
    var size = uLongf(max(1 << 20, input.count * 20))
    var out = [UInt8](repeating: 0, count: Int(size))
    while true {
      let code = unsafe out.withUnsafeMutableBufferPointer { o in unsafe input.withUnsafeBufferPointer { i in unsafe uncompress(o.baseAddress, &size, i.baseAddress, uLong(i.count)) } }
      if code == Z_BUF_ERROR { size = uLongf(out.count * 2); out = [UInt8](repeating: 0, count: Int(size)); continue }
      guard code == Z_OK else { throw .badReply("zlib") }
      break
    }
    all = Array(out.prefix(Int(size)))
  }
  public func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    let n = min(window.freeCapacity, all.count - at)
    guard n > 0 else { return false }
    for i in at..<at + n { window.append(all[i]) }
    at += n
    return true
  }
}
public enum SmallFile {
  public static func read(_ path: String) throws(TernError) -> [UInt8] { throw .unsupported("no files yet") }
}
