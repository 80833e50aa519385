internal import TernCore
internal import TernDriver
internal import TernNet

/// Opens sessions of one target: hosts in random order, failing over only while connecting.
///
/// Source: Avatica reference, sections 3.3, 6.1 and 10.6.
struct AvaticaOpener {
  private let target: ConnectionTarget

  init(_ target: ConnectionTarget) { self.target = target }

  /// How often all hosts are asked while gateways say that they are busy, and the first pause.
  private static let roundCountMax = 6
  private static let firstPauseNanoseconds: Int64 = 100_000_000

  /// Opens a session on one of the hosts. A busy gateway (503) is asked again after a pause
  /// that doubles, within the deadline: nothing was done so far.
  func openSession(_ context: CallContext) throws(TernError) -> AvaticaSession {
    var pause = Self.firstPauseNanoseconds
    for _ in 1..<Self.roundCountMax {
      do throws(TernError) {
        return try openOnAnyHost(context)
      } catch {
        guard AvaticaErrors.isBusy(error), !context.deadline.isOver else { throw error }
        Log.write(.info, "avatica: busy, asking again: \(error.message)")
      }
      try context.pause(pause, "waiting for a busy server")
      pause *= 2
    }
    return try openOnAnyHost(context)
  }

  private func openOnAnyHost(_ context: CallContext) throws(TernError) -> AvaticaSession {
    try target.onAnyHost(context) { host throws(TernError) in try open(host, context) }
  }

  private func open(_ host: HostAddress, _ context: CallContext) throws(TernError)
    -> AvaticaSession
  {
    let settings = try target.connectSettings(for: host, try target.connectSettings())
    let channel = AvaticaChannel(
      HTTPClient(settings, idleNanosecondsMax: 50_000_000_000),
      HTTPOrigin(
        Endpoint(host: host.host, port: host.port), isEncrypted: target.isEncrypted),
      path: try path(), try authentication(host.host),
      networkTimeout: try target.duration("network_timeout"))
    let wanted = AvaticaFlavour.named(try target.text("flavour"))
    let asked = try target.text("encoding") ?? "auto"
    let encoding: AvaticaEncoding =
      switch asked {
      case "json": .json
      case "protobuf": .protobuf
      default: (wanted ?? .generic).encoding(path: try path())
      }
    let line = AvaticaLine(channel, connectionID: RandomBytes.makeUUID(), encoding)
    try line.open(try information(), isDetecting: asked == "auto", context)
    do throws(TernError) {
      let properties = try line.exchange(AvaticaMessages.DatabaseProperties(), context)
      let session = AvaticaSession(
        line, properties, host: "\(host)", user: try target.text("user") ?? "",
        try sessionSettings(wanted ?? .detected(properties), properties))
      try session.prepareSession(target, context)
      return session
    } catch {
      line.close(CallContext(deadline: .after(1_000_000_000, .network)))
      throw error
    }
  }

  private func calendar() throws(TernError) -> AvaticaCalendar {
    let name = try target.text("server_time_zone") ?? ""
    return AvaticaCalendar(
      zone: name.isEmpty ? nil : try ZoneDirectory.rules(named: name),
      isJulian: try target.flag("julian"))
  }

  private func sessionSettings(
    _ flavour: AvaticaFlavour, _ properties: [String: String]
  ) throws(TernError) -> AvaticaSession.Settings {
    AvaticaSession.Settings(
      flavour: flavour,
      firstFrame: try target.text("temporal_frames") == "single"
        ? AvaticaMessages.wholeFirstFrame : AvaticaMessages.usualFirstFrame,
      keepAliveNanoseconds: try target.duration("keep_alive"),
      reconnects: try target.flag("reconnect"),
      resumes: try target.text("resume") == "unsafe",
      abandonNanoseconds: try target.text("cancel") == "later" ? 30_000_000_000 : 0,
      calendar: try calendar(),
      sendsJulian: try target.flag("julian") && AvaticaVersion(properties) < AvaticaVersion(1, 23),
      castsTimes: try target.text("timestamp_text") == "cast",
      bindsUTC: try target.flag("utc_params"),
      information: try information())
  }

  private func path() throws(TernError) -> String {
    let path = try target.text("path") ?? "/"
    guard let user = try target.text("do_as"), !user.isEmpty else { return path }
    return path + (path.contains("?") ? "&" : "?") + "doAs=" + Self.encoded(user)
  }

  private static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default: result += "%" + Hex.encode([byte]).uppercased()
      }
    }
    return result
  }

  private func authentication(_ host: String) throws(TernError) -> AvaticaAuthentication {
    let isSame = try target.flag("http_same_user")
    let user = try target.text(isSame ? "user" : "http_user") ?? ""
    let password = try target.secret(isSame ? "password" : "http_password") ?? Secret("")
    switch try target.text("authentication") {
    case "basic": return .basic(user, password)
    case "digest": return .digest(user, password)
    case "bearer":
      guard let token = try target.secret("http_token") else {
        throw .usage("authentication=bearer needs http_token", .invalidOptionValue)
      }
      return .bearer(token)
    case "spnego":
      return .spnego(host: host, canonicalizes: try target.flag("spnego_canonicalize"))
    default: return .none
    }
  }

  /// The database login and the properties that go to the server's own driver.
  private func information() throws(TernError) -> [(name: String, value: Secret)] {
    var entries: [(name: String, value: Secret)] = []
    if let user = try target.text("user") {
      entries.append(("user", Secret(user)))
      entries.append(("password", try target.secret("password") ?? Secret("")))
    }
    return entries + target.family("info.")
  }
}
