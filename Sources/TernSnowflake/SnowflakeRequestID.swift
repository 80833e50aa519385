internal import TernNet

/// Names one logical request: the same over every retry, renewal and redirect, so that the server
/// joins a replay with the first attempt instead of running it twice (section 1.4).
struct SnowflakeRequestID: Hashable, Sendable {
  /// A random UUID, as the server spells it.
  let text: String

  /// A name that no other request has.
  init() { text = RandomBytes.makeUUID() }
}
