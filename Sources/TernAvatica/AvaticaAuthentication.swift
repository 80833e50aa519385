internal import TernCore

/// How the HTTP layer is logged in to.
enum AvaticaAuthentication: Sendable {
  case none
  case basic(String, Secret)
  case digest(String, Secret)
  case bearer(Secret)
}
