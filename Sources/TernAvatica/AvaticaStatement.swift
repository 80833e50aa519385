internal import TernCore
internal import TernDriver

/// A statement on the server and what is known of its cursor.
final class AvaticaStatement: Sendable {
  /// The server's id. Ids are shared by all connections and not checked against them: one is
  /// only ever sent with the connection that it came from.
  let id: Int64
  /// Whether it was prepared: then only executions of its own text may use it.
  let isPrepared: Bool
  private let flags = Locked((isFinished: false, isReleased: false, isDoubtful: false))

  init(_ id: Int64, isPrepared: Bool = false) {
    self.id = id
    self.isPrepared = isPrepared
  }

  /// Whether the server has closed its cursor.
  var isFinished: Bool {
    get { flags.current.isFinished }
    set { flags.withLock { $0.isFinished = newValue } }
  }

  /// Whether a request on it was given up, so that nobody knows what it does.
  var isDoubtful: Bool {
    get { flags.current.isDoubtful }
    set { flags.withLock { $0.isDoubtful = newValue } }
  }

  /// Marks it as given back; false if it was before.
  func markReleased() -> Bool {
    flags.withLock { flags in
      defer { flags.isReleased = true }
      return !flags.isReleased
    }
  }
}
