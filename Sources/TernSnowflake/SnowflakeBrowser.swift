internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// Has a person log in on a web page, and waits on this machine for what the page sends back.
///
/// Source: Snowflake reference, section 2.3, "External browser".
struct SnowflakeBrowser: Sendable {
  /// The command that opens a page; the address is put behind it.
  let command: [String]
  /// Where the page sends the browser back to, if that is not any free port.
  let redirect: Redirect?

  /// A redirect address that the identity provider knows.
  struct Redirect: Hashable, Sendable {
    /// As it was registered; nil where it has no port, which then is any free one.
    let url: String?
    let host: String
    /// 0 for any.
    let port: UInt16
    let path: String
  }

  /// Splits a command at blanks, without a shell: quotes mean nothing.
  static func command(_ text: String?) -> [String] {
    let words = (text ?? "").split(separator: " ").map(String.init)
    return words.isEmpty ? ["xdg-open"] : words
  }

  /// Starts to listen for what the page sends back.
  func visit() throws(TernError) -> SnowflakeBrowserVisit {
    let listener = try LoopbackListener(port: redirect?.port ?? 0)
    let place = redirect ?? Redirect(url: nil, host: "127.0.0.1", port: 0, path: "")
    return SnowflakeBrowserVisit(
      listener: listener, command: command,
      redirect: place.url ?? "http://\(place.host):\(listener.port)\(place.path)",
      path: place.path.isEmpty ? "/" : place.path)
  }

  /// Reads a redirect address: `http` on this machine, with a port or any free one.
  static func redirect(_ text: String?) throws(TernError) -> Redirect? {
    guard let text, !text.isEmpty else { return nil }
    guard let (origin, target) = HTTPOrigin.split(url: text), !origin.isEncrypted,
      ["127.0.0.1", "localhost", "::1"].contains(origin.endpoint.host.lowercased())
    else {
      throw .usage(
        "option oauth_redirect_uri: an http:// address of this machine is expected",
        .invalidOptionValue)
    }
    let path = String(target.prefix { $0 != "?" })
    let host = origin.endpoint.host.contains(":") ? "[::1]" : origin.endpoint.host
    // 80 is what an address without a port has, and what programs of users may not listen on.
    guard origin.endpoint.port != 80 else {
      return Redirect(url: nil, host: host, port: 0, path: path)
    }
    return Redirect(url: text, host: host, port: origin.endpoint.port, path: path)
  }
}

/// One page that a person is shown, and the wait for its answer.
struct SnowflakeBrowserVisit {
  fileprivate let listener: LoopbackListener
  fileprivate let command: [String]
  /// Where the page is to send the browser back to.
  let redirect: String
  fileprivate let path: String

  /// The port of the redirect.
  var port: UInt16 { listener.port }

  /// What the browser brought: a request's query, or the members of its JSON body.
  struct Callback {
    let method: String
    let path: String
    let query: [String: String]
  }

  /// How often the browser's command is looked at while nothing comes.
  private static let lookNanoseconds: Int64 = 250_000_000

  /// Shows `page` and waits until `take` finds in a request what it is waiting for.
  ///
  /// Requests for anything else, such as an icon, are answered and forgotten.
  func run<Result>(
    _ page: String, _ context: CallContext, _ take: (Callback) -> Result?
  ) throws(TernError) -> Result {
    try Self.check(page)
    Log.write(.info, "snowflake: a page is opened in the browser: log in there")
    let program = try ChildProgram(command + [page])
    let what = "waiting for the login in the browser"
    while true {
      let pause = Deadline.after(Self.lookNanoseconds, .network)
      if let line = try listener.accept(context, pause: pause, what) {
        if let result = try serve(line, context, take) { return result }
      } else if case .ended(let status) = program.ending, status != 0 {
        throw .usage(
          "option browser: \(command[0]) failed with status \(status); name a command that opens"
            + " a web page", .invalidOptionValue)
      }
    }
  }

  /// Answers one line; gives what it brought.
  private func serve<Result>(
    _ line: LoopbackLine, _ context: CallContext, _ take: (Callback) -> Result?
  ) throws(TernError) -> Result? {
    guard let request = try line.request(context) else { return nil }
    let origin = request.headers["Origin"] ?? ""
    var headers = [(name: "Content-Type", value: "text/html; charset=utf-8")]
    if !origin.isEmpty {
      headers += [
        ("Access-Control-Allow-Origin", origin), ("Vary", "Accept-Encoding, Origin"),
        ("Access-Control-Allow-Methods", "POST, GET"),
        ("Access-Control-Allow-Headers", "Content-Type"),
      ]
    }
    if request.method == "OPTIONS" {
      try line.answer("200 OK", headers, "", context)
      return nil
    }
    let parts = request.target.split(separator: "?", maxSplits: 1).map(String.init)
    let callback = Callback(
      method: request.method, path: parts.first ?? "/",
      query: request.method == "POST"
        ? SnowflakeBrowserVisit.members(request.body)
        : SnowflakeForm.decode(parts.count > 1 ? parts[1] : ""))
    guard callback.path == path || callback.path + "/" == path || callback.path == path + "/",
      let result = take(callback)
    else {
      try line.answer("404 Not Found", headers, "", context)
      return nil
    }
    try line.answer("200 OK", headers, Self.thanks, context)
    return result
  }

  private static let thanks =
    "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Tern</title></head><body><p>"
    + "The program has your login. You can close this page.</p></body></html>"

  /// The plain members of a JSON object.
  private static func members(_ body: [UInt8]) -> [String: String] {
    var members: [String: String] = [:]
    do throws(TernError) {
      let reader = try JSONReader(body, limit: .control)
      try reader.forEachKey { (name) throws(TernError) in
        if let text = try reader.textOrAbsent() { members[name] = text }
      }
      return members
    } catch {
      return [:]
    }
  }

  /// A page comes from a server and goes to a program: only an address of the web may.
  ///
  /// - Throws: `.connection` for anything else.
  static func check(_ page: String) throws(TernError) {
    let isPlain = page.utf8.allSatisfy { byte in
      byte > 0x20 && byte < 0x7F && !"\"'`\\<>|;^{}$()".utf8.contains(byte)
    }
    guard isPlain, HTTPOrigin.split(url: page) != nil else {
      throw .badReply("a login page whose address cannot be opened")
    }
  }
}
