internal import TernCore
internal import TernNet

/// Turns what a server says went wrong into the library's error.
///
/// Source: Avatica reference, section 13: generic servers do not transmit SQLSTATEs, so they are
/// inferred from the text.
enum AvaticaErrors {
  /// What Java's exception classes stand for, in the order in which they are looked for.
  private static let classes: [(name: String, state: String)] = [
    ("NoSuchConnectionException", "08S01"), ("InvalidDefinitionException", "HYC00"),
    ("JsonMappingException", "HYC00"), ("Unhandled type in Frame", "HYC00"),
    ("SQLSyntaxErrorException", "42000"),
    ("SQLIntegrityConstraintViolationException", "23000"), ("SQLDataException", "22000"),
    ("SQLInvalidAuthorizationSpecException", "28000"),
    ("SQLFeatureNotSupportedException", "HYC00"),
    ("SQLNonTransientConnectionException", "08S01"),
    ("SQLTransientConnectionException", "08S01"), ("SQLRecoverableException", "08S01"),
    ("SQLTransactionRollbackException", "40001"), ("SQLTimeoutException", "HYT00"),
  ]

  /// Failures of the server's parser: the request was at fault, not the caller's SQL.
  private static let mismatches = [
    "UnrecognizedPropertyException", "JsonParseException", "InvalidFormatException",
    "ValueInstantiationException", "MismatchedInputException", "InvalidProtocolBufferException",
  ]

  /// Failures to write a value that the database has delivered.
  private static let encodings = [
    "InvalidDefinitionException", "JsonMappingException", "Unhandled type in Frame",
  ]

  /// What databases say where no class tells, such as in failed batches and on old servers.
  private static let phrases: [(text: String, state: String)] = [
    ("integrity constraint violation", "23000"), ("unique constraint", "23000"),
    ("data exception", "22000"), ("unexpected token", "42000"), ("object not found", "42S02"),
    ("invalid schema name", "3F000"), ("invalid catalog name", "3D000"),
    ("invalid cursor state", "24000"), ("unbound parameter", "07002"),
    ("parameter index out of range", "07009"), ("feature not supported", "HYC00"),
  ]

  /// H2's own codes that are no SQLSTATE.
  private static let h2Codes = [
    "42102": "42S02", "42104": "42S02", "42122": "42S22", "42101": "42S01", "42111": "42S11",
    "90079": "3F000",
  ]

  /// The library's error for an ErrorResponse.
  static func error(_ fault: Fault) -> TernError {
    if fault.code == 1 || (fault.exception ?? "").contains("NoSuchConnectionException") {
      return TernError(
        .connection, .linkFailure,
        "the server does not know this connection (any more): it expired, the server was "
          + "restarted, or a load balancer sent the request to another one", vendorCode: 1)
    }
    let chain = fault.message ?? fault.exception ?? ""
    let words = innermost(chain)
    let text = words.isEmpty ? "the server failed and did not say why" : words
    var error = TernError(.sql, .general, text, vendorCode: Int32(clamping: fault.code))
    // What the server's parser made of a request of ours.
    if mismatches.contains(where: { chain.contains($0) }) || chain.contains("[Source:") {
      error.kind = .internal
      error.message = "driver and server disagree about the protocol: \(text)"
      return error
    }
    let (state, vendorCode) = state(fault, chain)
    error.sqlState = SQLState(state).flatMap { $0.isFailure ? $0 : nil } ?? .general
    if let vendorCode { error.vendorCode = vendorCode }
    error.kind = .kind(of: error.sqlState)
    if state == "HYC00", encodings.contains(where: { chain.contains($0) }) {
      let shown = text.count > 200 ? text.prefix(200) + "…" : text[...]
      error.message =
        "the Avatica server cannot encode a column of this result; use CAST(column AS VARCHAR), "
        + "or VARBINARY for binary objects: \(shown)"
    }
    return error
  }

  /// A lost connection with what is known about which server processes answered.
  ///
  /// Source: Avatica reference, trap 28: another process within few requests of opening is a load
  /// balancer that does not keep a client on one of them.
  static func lostConnection(
    _ error: TernError, _ server: String?, home: String?, requestCount: Int
  ) -> TernError {
    guard let server, let home, server != home else { return error }
    var error = error
    if requestCount <= 10 {
      error.message =
        "the server does not know this connection: \(home) opened it and \(server) was asked "
        + "\(requestCount) requests later: the load balancer lacks affinity (sticky sessions)"
    } else {
      error.message += "; \(home) opened it, \(server) answered now"
    }
    return error
  }

  /// An answer in the other encoding than the request's.
  static func speaks(_ encoding: AvaticaEncoding, _ origin: HTTPOrigin) -> TernError {
    let name = encoding == .json ? "JSON" : "protobuf"
    return TernError(
      .connection, .cannotConnect,
      "\(origin.endpoint): the server speaks \(name), or is no Avatica server: set option encoding "
        + "to auto or \(encoding)")
  }

  /// Whether a gateway turned a request away without passing it on.
  static func isBusy(_ error: TernError) -> Bool {
    error.kind == .connection && error.message.contains("HTTP 503")
  }

  /// Whether an error says that the server has forgotten the connection, so that nothing was done.
  static func isLostConnection(_ error: TernError) -> Bool {
    error.kind == .connection && error.vendorCode == 1
  }

  /// The library's error for an answer that is no message of the protocol.
  static func http(
    _ status: Int, _ body: [UInt8], isImpersonating: Bool = false
  ) -> TernError {
    let text = WebPage.words(body)
    let what = "HTTP \(status)" + (text.isEmpty ? "" : ": \(text)")
    switch status {
    case 403 where isImpersonating:
      return TernError(.authentication, SQLState("42501") ?? .authenticationFailed, what)
    case 401, 403: return TernError(.authentication, .authenticationFailed, what)
    case 404, 405:
      return TernError(.connection, .cannotConnect, "not an Avatica endpoint: \(what)")
    case 413, 431: return TernError(.sql, .general, "the request is too large: \(what)")
    default: return TernError(.connection, .linkFailure, what)
    }
  }

  /// The SQLSTATE: the server's own, one written into the message, or that of the Java class.
  private static func state(_ fault: Fault, _ chain: String) -> (String, Int32?) {
    if fault.sqlState == "00002" { return ("28000", nil) }
    // A code of a class that means success says nothing about a failure.
    if SQLState(fault.sqlState)?.isFailure ?? false { return (fault.sqlState, nil) }
    if let found = phoenix(chain) ?? h2(chain) { return found }
    let all = chain + " " + (fault.exception ?? "")
    let lowered = chain.lowercased()
    let state =
      classes.first { all.contains($0.name) }?.state
      ?? phrases.first { lowered.contains($0.text) }?.state ?? "HY000"
    return (refined(state, lowered), nil)
  }

  /// `ERROR 1012 (42M03): …`
  private static func phoenix(_ text: String) -> (String, Int32?)? {
    let words = text.split(separator: " ").map(String.init)
    for (index, word) in words.enumerated().dropLast(2) where word == "ERROR" {
      guard let code = Int32(words[index + 1]) else { continue }
      let state = words[index + 2].filter { $0 != "(" && $0 != ")" && $0 != ":" }
      if state.utf8.count == 5 { return (state, code) }
    }
    return nil
  }

  /// `… [42102-214]`
  private static func h2(_ text: String) -> (String, Int32?)? {
    for part in text.split(separator: "[").dropFirst() {
      let digits = part.prefix { $0.isNumber }
      guard digits.utf8.count == 5, part.dropFirst(5).hasPrefix("-"),
        let code = Int32(digits)
      else { continue }
      return (h2Codes[String(digits)] ?? (code < 90_000 ? String(digits) : "HY000"), code)
    }
    return nil
  }

  /// A class of states made narrower by what the text says.
  private static func refined(_ state: String, _ text: String) -> String {
    switch state {
    case "42000":
      if text.contains("already exists") { return "42S01" }
      if text.contains("object not found") || text.contains("unknown table") { return "42S02" }
      guard text.contains("not found") || text.contains("does not exist") else { return state }
      return text.contains("column") ? "42S22" : "42S02"
    case "22000":
      if text.contains("division by zero") { return "22012" }
      if text.contains("out of range") || text.contains("overflow") { return "22003" }
      if text.contains("truncation") || text.contains("too long") { return "22001" }
      if text.contains("unparseable date") || text.contains("invalid datetime") { return "22007" }
      if text.contains("invalid character") || text.contains("conversion") { return "22018" }
      return state
    default: return state
    }
  }

  /// The database's own words: `RuntimeException: A: text -> A: text -> B: text` ends with them,
  /// unless the last link has none.
  static func innermost(_ chain: String) -> String {
    var links: [Substring] = []
    var rest = chain[...]
    while let arrow = rest.firstRange(ofArrow: " -> ") {
      links.append(rest[..<arrow.lowerBound])
      rest = rest[arrow.upperBound...]
    }
    links.append(rest)
    let texts = links.reversed().map(words)
    return texts.first { !$0.isEmpty && $0 != "(null exception message)" } ?? texts.first ?? ""
  }

  /// The text of one link, without the exception's class and without a piece of the request, which
  /// may hold a password.
  private static func words(_ link: Substring) -> String {
    var line = link.split(whereSeparator: \.isNewline).first ?? ""
    if let source = line.firstRange(ofArrow: "[Source:") { line = line[..<source.lowerBound] }
    while let colon = line.firstRange(ofArrow: ": ") {
      let name = line[..<colon.lowerBound]
      let isClass =
        (name.hasSuffix("Exception") || name.hasSuffix("Error"))
        && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
      guard isClass else { break }
      line = line[colon.upperBound...]
    }
    return String(line)
  }

  /// A text of exceptions without the pieces of requests that the server's parser quotes, which may
  /// hold passwords (reference, section 13.3).
  static func withoutRequest(_ text: String) -> String {
    var kept = ""
    var rest = text[...]
    while let source = rest.firstRange(ofArrow: "[Source:") {
      kept += rest[..<source.lowerBound] + "[…]"
      rest = rest[source.upperBound...]
      guard let next = rest.firstRange(ofArrow: "Caused by:") else { return kept }
      rest = rest[next.lowerBound...]
    }
    return kept + rest
  }
}

extension Substring {
  /// The first place of a short separator.
  fileprivate func firstRange(ofArrow separator: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(separator) {
        return start..<index(start, offsetBy: separator.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
