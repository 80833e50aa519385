internal import TernColumns
internal import TernCore
internal import TernDriver

/// One connection as the server knows it: its id, and one request at a time under it.
final class AvaticaLine: Sendable {
  /// How long requests that only free something may take: 10 seconds.
  static let graceNanoseconds: Int64 = 10_000_000_000

  let connectionID: String
  private let channel: AvaticaChannel
  /// The error that ended the connection; every later call throws it again.
  private let failure = Locked<TernError?>(nil)

  init(_ channel: AvaticaChannel, connectionID: String) {
    self.channel = channel
    self.connectionID = connectionID
  }

  /// Whether nothing has ended the connection so far. Any thread.
  var isAlive: Bool { failure.current == nil }

  /// Sends `request` and reads its answer of the kind `kind`.
  ///
  /// `isSafeToRepeat` lets the HTTP layer send it again when a kept line was closed before the
  /// answer. It must stay off for whatever may have run or moved a cursor (reference, section
  /// 6.5).
  func exchange(
    _ request: [UInt8], kind: String, isSafeToRepeat: Bool = false, _ context: CallContext,
    _ member: (String, JSONReader) throws(TernError) -> Bool = { _, _ in false }
  ) throws(TernError) {
    if let failure = failure.current { throw failure }
    try context.check("sending a request")
    do throws(TernError) {
      try channel.post(request, isSafeToRepeat: isSafeToRepeat, context) {
        reader throws(TernError) in
        try AvaticaReply.read(reader, kind: kind, member)
      }
    } catch {
      if error.endsConnection { failure.withLock { $0 = $0 ?? error } }
      throw error
    }
  }

  /// Sends a request whose failure changes nothing for the caller; it travels on a line of its
  /// own when the one before it is occupied.
  func discard(_ request: [UInt8], kind: String, _ context: CallContext) {
    let goodbye = CallContext(
      deadline: context.deadline.earlier(.after(Self.graceNanoseconds, .network)))
    do throws(TernError) {
      try channel.post(request, isSafeToRepeat: true, goodbye) { reader throws(TernError) in
        try AvaticaReply.read(reader, kind: kind) { _, _ in false }
      }
    } catch {
      Log.write(.info, "avatica: \(kind) failed: \(error)")
    }
  }

  // MARK: - Connection

  /// Opens the connection; a database login that fails is reported here.
  func open(
    _ information: [(name: String, value: Secret)], _ context: CallContext
  ) throws(TernError) {
    let request = AvaticaRequest.openConnection(connectionID, information)
    do throws(TernError) {
      try exchange(request, kind: "openConnection", context)
    } catch {
      if error.message.contains("Unrecognized field \"connectionId\"") {
        throw .unsupported("the Avatica server is too old: 1.5 is the first that is supported")
      }
      guard error.kind == .sql || error.kind == .data else { throw error }
      var refused = error
      let isLogin = error.message.lowercased().contains("authorization")
        || error.message.lowercased().contains("password")
        || error.sqlState == .authenticationFailed
      refused.kind = isLogin ? .authentication : .connection
      refused.sqlState = isLogin ? .authenticationFailed : .connectionRefused
      throw refused
    }
  }

  /// What the server and the database behind it say about themselves.
  func databaseProperties(_ context: CallContext) throws(TernError) -> [String: String] {
    var properties: [String: String] = [:]
    let request = AvaticaRequest.make("databaseProperties", connectionID)
    try exchange(request, kind: "databaseProperties", isSafeToRepeat: true, context) {
      name, reader throws(TernError) in
      guard name == "map", try reader.peek() == .object else { return false }
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch try reader.peek() {
        case .object, .array: try reader.skip()
        default: properties[key] = try reader.scalarText()
        }
      }
      return true
    }
    return properties
  }

  /// Says goodbye; the server rolls back. Twice is fine.
  func close(_ context: CallContext) {
    let wasAlive = failure.withLock { failure in
      defer { failure = failure ?? .closedConnection }
      return failure == nil
    }
    if wasAlive {
      discard(
        AvaticaRequest.make("closeConnection", connectionID), kind: "closeConnection", context)
    }
    channel.close()
  }

  // MARK: - Statements

  /// A new statement. Ids count from 0 over all connections of the server.
  func createStatement(_ context: CallContext) throws(TernError) -> Int64 {
    var id: Int64?
    let request = AvaticaRequest.make("createStatement", connectionID)
    try exchange(request, kind: "createStatement", isSafeToRepeat: true, context) {
      name, reader throws(TernError) in
      guard name == "statementId" else { return false }
      id = try reader.int64()
      return true
    }
    guard let id else { throw .badReply("a statement without an id") }
    return id
  }

  /// Frees a statement; the server never refuses, whatever it knows of it.
  func closeStatement(_ id: Int64, _ context: CallContext) {
    guard isAlive else { return }
    discard(
      AvaticaRequest.statement("closeStatement", connectionID, id), kind: "closeStatement",
      context)
  }
}
