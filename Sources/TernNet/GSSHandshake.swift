internal import CTern
internal import Glibc
public import TernCore

/// One login to a service by the ticket that the user has: tokens go to the server and back until
/// both sides believe each other.
///
/// One thread at a time. Source: RFC 2743, RFC 4178 (SPNEGO), RFC 4559 (`Negotiate` over HTTP).
@safe public final class GSSHandshake: @unchecked Sendable {
  // Sound as Sendable: not shared but handed over, to the thread that a step runs on and back.

  private let library: GSSLibrary
  private let service: String
  private var name: UnsafeMutableRawPointer?
  private var context: UnsafeMutableRawPointer?
  private var mechanism = Mechanism.spnego
  /// Whether both sides are satisfied.
  public private(set) var isComplete = false

  private enum Mechanism {
    case spnego, kerberos

    /// DER of 1.3.6.1.5.5.2, and of 1.2.840.113554.1.2.2.
    var elements: [UInt8] {
      switch self {
      case .spnego: [0x2B, 0x06, 0x01, 0x05, 0x05, 0x02]
      case .kerberos: [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02]
      }
    }
  }

  /// DER of 1.2.840.113554.1.2.1.4: a service on a host.
  private static let hostBasedService: [UInt8] = [
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x01, 0x04,
  ]
  private static let mutualFlag: UInt32 = 2
  private static let continueNeeded: UInt32 = 1
  private static let badMechanism: UInt32 = 1 << 16

  /// Prepares a login to `service` on `host`, such as `HTTP` on `pqs1.example.com`.
  ///
  /// - Throws: `.unsupported` when the system has no GSSAPI library, `.authentication` when it
  ///   refuses the name.
  public convenience init(service: String, host: String) throws(TernError) {
    try self.init(try GSSLibrary.load(), service: "\(service)@\(host)")
  }

  /// The name that DNS calls `host` by, for services that are registered under it.
  public static func canonicalHost(
    _ host: String, _ context: CallContext
  ) throws(TernError) -> String { try Resolver.canonicalName(of: host, context) }

  init(_ library: GSSLibrary, service: String) throws(TernError) {
    self.library = library
    self.service = service
    var minor: UInt32 = 0
    var text = Array(service.utf8)
    var type = Self.hostBasedService
    var made: UnsafeMutableRawPointer?
    // Sound: the library copies what it is given before the call returns.
    let major = unsafe text.withUnsafeMutableBytes { text in
      unsafe type.withUnsafeMutableBytes { type in
        var buffer = unsafe tern_gss_buffer(length: text.count, value: text.baseAddress)
        var oid = unsafe tern_gss_oid(length: UInt32(type.count), elements: type.baseAddress)
        return unsafe library.importName(&minor, &buffer, &oid, &made)
      }
    }
    unsafe name = made
    if major & 0xFFFF_0000 != 0 { throw failure(major, minor) }
  }

  deinit {
    var minor: UInt32 = 0
    // Sound: both are this object's own; the library takes null for nothing.
    if unsafe context != nil { _ = unsafe library.deleteSecContext(&minor, &context, nil) }
    if unsafe name != nil { _ = unsafe library.releaseName(&minor, &name) }
  }

  /// The next token for the server; empty when nothing is left to say.
  ///
  /// `input` is the server's last token, nil at the start. May ask a key distribution centre over
  /// the network, for as long as the library likes: call it where that can be waited for.
  /// - Throws: `.authentication` 28000 with the library's words.
  public func step(_ input: [UInt8]?) throws(TernError) -> [UInt8] {
    var answer = advance(input)
    if answer.major & Self.badMechanism == Self.badMechanism, input == nil,
      unsafe context == nil, mechanism == .spnego
    {
      // A library without the negotiation: the server takes bare Kerberos too.
      mechanism = .kerberos
      answer = advance(nil)
    }
    if answer.major & 0xFFFF_0000 != 0 { throw failure(answer.major, answer.minor) }
    isComplete = answer.major & Self.continueNeeded == 0
    return answer.token
  }

  /// The same on a thread of its own, so that a deadline or a cancel ends the wait. The library
  /// cannot be interrupted: a call that is given up leaves the thread behind to end by itself.
  public func step(_ input: [UInt8]?, _ context: CallContext) throws(TernError) -> [UInt8] {
    let answer = Monitor<Result<[UInt8], TernError>?>(nil)
    _ = try WorkerThread.start("tern-kerberos") { [self] in
      let result = Result { () throws(TernError) in try step(input) }
      answer.withLock { $0 = result }
    }
    let what = "asking for a Kerberos ticket"
    return try answer.wait(context, what) { $0 }.get()
  }

  private func advance(
    _ input: [UInt8]?
  ) -> (major: UInt32, minor: UInt32, token: [UInt8]) {
    var minor: UInt32 = 0
    var input = input ?? []
    var elements = mechanism.elements
    var output = unsafe tern_gss_buffer(length: 0, value: nil)
    // Sound: the pointers are used during the call only; the library keeps its own copies.
    let major = unsafe input.withUnsafeMutableBytes { input in
      unsafe elements.withUnsafeMutableBytes { elements in
        var oid = unsafe tern_gss_oid(
          length: UInt32(elements.count), elements: elements.baseAddress)
        var buffer = unsafe tern_gss_buffer(length: input.count, value: input.baseAddress)
        return unsafe library.initSecContext(
          &minor, nil, &context, name, &oid, Self.mutualFlag, 0, nil, &buffer, nil, &output, nil,
          nil)
      }
    }
    let token = unsafe Self.copy(output)
    var ignored: UInt32 = 0
    _ = unsafe library.releaseBuffer(&ignored, &output)
    return (major, minor, token)
  }

  /// Sound: the library says how many bytes it put there.
  @unsafe private static func copy(_ buffer: tern_gss_buffer) -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: buffer.value, count: buffer.length))
  }

  private func failure(_ major: UInt32, _ minor: UInt32) -> TernError {
    let general = text(of: major, kind: 1)
    let specific = minor == 0 ? "" : text(of: minor, kind: 2)
    let words = [general, specific].filter { !$0.isEmpty }.joined(separator: ": ")
    return TernError(
      .authentication, .authenticationFailed,
      "Kerberos login to \(service) failed: \(words). Is there a ticket (klist, kinit)?",
      vendorCode: Int32(truncatingIfNeeded: minor))
  }

  /// The library's words for a status: 1 for its own, 2 for the mechanism's.
  private func text(of status: UInt32, kind: CInt) -> String {
    var minor: UInt32 = 0
    var more: UInt32 = 0
    var buffer = unsafe tern_gss_buffer(length: 0, value: nil)
    let major = unsafe library.displayStatus(&minor, status, kind, nil, &more, &buffer)
    guard major == 0 else { return "status \(status)" }
    defer { _ = unsafe library.releaseBuffer(&minor, &buffer) }
    return unsafe String(decoding: Self.copy(buffer), as: UTF8.self)
  }
}
