internal import TernCore

/// How the HTTP layer is logged in to.
enum AvaticaAuthentication: Sendable {
  case none
  case basic(String, Secret)
  case digest(String, Secret)
  case bearer(Secret)
  /// By the ticket of the process's user, for the service `HTTP` on the host; the flag asks DNS for
  /// the host's own name first.
  case spnego(host: String, canonicalizes: Bool)
}
