internal import TernColumns
internal import TernCore
internal import TernDriver

/// One connection as the server knows it: its id, and one request at a time under it.
final class AvaticaLine: Sendable {
  /// How long requests that only free something may take: 10 seconds.
  static let graceNanoseconds: Int64 = 10_000_000_000

  private struct State: Sendable {
    var connectionID: String
    var encoding: AvaticaEncoding
    /// The error that ended the connection; every later call throws it again.
    var failure: TernError?
  }

  private let channel: AvaticaChannel
  private let shared: Locked<State>
  /// Where goodbyes that nobody waits for are said.
  private let farewell = AvaticaFarewell()

  init(_ channel: AvaticaChannel, connectionID: String, _ encoding: AvaticaEncoding) {
    self.channel = channel
    shared = Locked(State(connectionID: connectionID, encoding: encoding))
  }

  /// The id that this side invented. Changes only when a lost connection is opened anew.
  var connectionID: String { shared.withLock { $0.connectionID } }

  /// How messages are written.
  var encoding: AvaticaEncoding { shared.withLock { $0.encoding } }

  /// Whether nothing has ended the connection so far. Any thread.
  var isAlive: Bool { shared.withLock { $0.failure == nil } }

  /// Sends a message and reads its answer.
  func exchange<Message: AvaticaMessage>(
    _ message: Message, _ context: CallContext
  ) throws(TernError) -> Message.Answer {
    try guarded(context) { (id, encoding) throws(TernError) in
      try channel.post(message, encoding, id, context)
    }
  }

  /// Sends a message in protobuf and receives all of its answer up to `byteCountMax`; `read` gets
  /// its reader, and whether all has come.
  func receive<Message: AvaticaMessage, Answer>(
    _ message: Message, _ expectedByteCount: Int, _ byteCountMax: Int, _ context: CallContext,
    _ read: (ProtobufReader, Bool) throws(TernError) -> Answer
  ) throws(TernError) -> Answer {
    try guarded(context) { (id, _) throws(TernError) in
      let (reader, isWhole) = try channel.receive(
        message, id, expectedByteCount, byteCountMax, context)
      return try read(reader, isWhole)
    }
  }

  /// Makes every later call throw `error`. Any thread.
  func condemn(_ error: TernError) { shared.withLock { $0.failure = $0.failure ?? error } }

  /// Runs one exchange on a line that has not failed; one that ends it is remembered.
  private func guarded<Answer>(
    _ context: CallContext, _ body: (String, AvaticaEncoding) throws(TernError) -> Answer
  ) throws(TernError) -> Answer {
    let (id, encoding, failure) = shared.withLock { ($0.connectionID, $0.encoding, $0.failure) }
    if let failure { throw failure }
    try context.check("sending a request")
    do throws(TernError) {
      return try body(id, encoding)
    } catch {
      if error.endsConnection { condemn(error) }
      throw error
    }
  }

  /// Sends a message whose failure changes nothing for the caller; it travels on a line of its
  /// own when the one before it is occupied.
  private func discard<Message: AvaticaMessage>(_ message: Message, _ context: CallContext) {
    let goodbye = CallContext(
      deadline: context.deadline.earlier(.after(Self.graceNanoseconds, .network)))
    let (id, encoding) = shared.withLock { ($0.connectionID, $0.encoding) }
    do throws(TernError) {
      _ = try channel.post(message, encoding, id, goodbye)
    } catch {
      Log.write(.info, "avatica: \(message.names.request) failed: \(error)")
    }
  }

  // MARK: - Connection

  /// Opens the connection; a database login that fails is reported here.
  ///
  /// `isDetecting` lets the line take over the encoding that the server answers in.
  func open(
    _ information: [(name: String, value: Secret)], isDetecting: Bool, _ context: CallContext
  ) throws(TernError) {
    let message = AvaticaMessages.OpenConnection(information: information)
    do throws(TernError) {
      channel.belongs(to: try exchange(message, context).server)
    } catch {
      let other = encoding.other
      if isDetecting, error == channel.speaks(other) {
        shared.withLock { state in
          state.encoding = other
          state.failure = nil
        }
        Log.write(.info, "avatica: the server speaks \(other)")
        return try open(information, isDetecting: false, context)
      }
      throw refused(error)
    }
  }

  /// What a refusal to open means.
  private func refused(_ error: TernError) -> TernError {
    if error.message.contains("Unrecognized field \"connectionId\"")
      || error.message.contains("resultSet was answered where openConnection was expected")
    {
      return .unsupported("the Avatica server is too old: 1.5 is the first that is supported")
    }
    if error.kind == .authentication { return channel.placed(error) }
    guard error.kind == .sql || error.kind == .data else { return error }
    var refused = channel.placed(error)
    let text = error.message.lowercased()
    let isLogin =
      text.contains("authorization") || text.contains("password")
      || error.sqlState == .authenticationFailed
    refused.kind = isLogin ? .authentication : .connection
    refused.sqlState = isLogin ? .authenticationFailed : .connectionRefused
    return refused
  }

  /// Goes on under a new id after the server has forgotten the connection.
  func reopen(
    as id: String, _ information: [(name: String, value: Secret)], _ context: CallContext
  ) throws(TernError) {
    shared.withLock { state in
      state.connectionID = id
      state.failure = nil
    }
    try open(information, isDetecting: false, context)
  }

  /// Says goodbye; the server rolls back. Twice is fine.
  func close(_ context: CallContext) {
    let wasAlive = shared.withLock { state in
      defer { state.failure = state.failure ?? .closedConnection }
      return state.failure == nil
    }
    farewell.finish()
    if wasAlive { discard(AvaticaMessages.Plain.closeConnection, context) }
    channel.close()
  }

  // MARK: - Statements

  /// A new statement. Ids count from 0 over all connections of the server.
  func createStatement(_ context: CallContext) throws(TernError) -> Int64 {
    try exchange(AvaticaMessages.CreateStatement(), context).id ?? 0
  }

  /// Frees a statement; the server never refuses, whatever it knows of it.
  func closeStatement(_ id: Int64, _ context: CallContext) {
    guard isAlive else { return }
    discard(AvaticaMessages.CloseStatement(id: id), context)
  }

  /// Frees a statement on which something still runs, from another line and without waiting.
  ///
  /// - Parameter nanoseconds: how long the server is given to end by itself.
  func abandonStatement(_ id: Int64, after nanoseconds: Int64) {
    let connection = connectionID
    farewell.say(after: nanoseconds) { [weak self] in
      // Ids are never sent with another connection than their own.
      guard let self, self.connectionID == connection else { return }
      self.closeStatement(
        id, CallContext(deadline: .after(AvaticaLine.graceNanoseconds, .network)))
    }
  }
}
