internal import TernCore
internal import TernDriver
internal import TernNet

/// Deals the parts of a result out to its readers, in order, and knows where each is.
///
/// URLs are forgotten once their part was read. When the store refuses one, all of them have
/// expired: whoever finds out asks the service for the result again, the others wait, and all go on
/// at the parts where they were. Any thread.
final class SnowflakeFeed: Sendable {
  /// Asks the service for the result's answer again, with other URLs.
  typealias Renewal = @Sendable (CallContext) throws(TernError) -> SnowflakeAnswer

  /// A part that a reader has taken upon itself.
  struct Claim: Sendable {
    /// Counted from 0.
    var index: Int
    /// The number of its first row in the result.
    var firstRow: Int64
    var chunk: SnowflakeChunkList.Chunk
    fileprivate var generation: Int
  }

  private struct State: Sendable {
    var chunks: SnowflakeChunkList
    var headers: [(name: String, value: String)]
    var nextIndex = 0
    var nextRow: Int64
    /// Parts that are being read.
    var claims: [Int: SnowflakeChunkList.Chunk] = [:]
    /// How often URLs were renewed, and how often since the last part that was read.
    var generation = 0
    var vainRenewalCount = 0
    var isRenewing = false
    var isClosed = false
  }

  private let monitor: Monitor<State>
  private let renewal: Renewal?

  /// A service whose new URLs are refused as well is asked once more, no longer.
  private static let vainRenewalCountMax = 2

  /// - Parameter firstRow: that of the first part: as many rows are inline.
  init(_ answer: SnowflakeAnswer, firstRow: Int64, _ renewal: Renewal?) {
    self.renewal = renewal
    monitor = Monitor(
      State(chunks: answer.chunks, headers: Self.headers(of: answer), nextRow: firstRow))
  }

  /// What requests must carry: what the answer says, or its key in the form that S3 wants.
  private static func headers(of answer: SnowflakeAnswer) -> [(name: String, value: String)] {
    guard answer.chunkHeaders.isEmpty else { return answer.chunkHeaders }
    guard let key = answer.qrmk else { return [] }
    let prefix = "x-amz-server-side-encryption-customer-"
    return [(prefix + "algorithm", "AES256"), (prefix + "key", key.text)]
  }

  /// Parts that nobody has taken.
  var count: Int { monitor.withLock { $0.chunks.count } }

  /// Takes the next part; nil when there is none, or the result is closed.
  func claim() -> Claim? {
    monitor.withLock { state in
      guard !state.isClosed, let chunk = state.chunks.takeFirst() else { return nil }
      defer {
        state.nextIndex += 1
        state.nextRow += chunk.rowCount
      }
      state.claims[state.nextIndex] = chunk
      return Claim(
        index: state.nextIndex, firstRow: state.nextRow, chunk: chunk,
        generation: state.generation)
    }
  }

  /// What to ask the store for.
  func request(for claim: Claim) -> SnowflakeStore.Request {
    SnowflakeStore.Request(
      url: claim.chunk.url, headers: monitor.withLock { $0.headers },
      rowCount: claim.chunk.rowCount)
  }

  /// Forgets a part that was read.
  func finished(_ claim: Claim) {
    monitor.withLock { state in
      state.claims[claim.index] = nil
      state.vainRenewalCount = 0
    }
  }

  /// Forgets all that is left.
  func close() {
    monitor.withLock { state in
      state.isClosed = true
      state.chunks.removeAll()
      state.claims = [:]
    }
  }

  /// The same part under a URL that is good again; nil if there is none.
  ///
  /// - Throws: `.sql` when the service gives another result than before, and what the renewal
  ///   throws.
  func renewed(_ claim: Claim, _ context: CallContext) throws(TernError) -> Claim? {
    guard let renewal else { return nil }
    let isMine = try monitor.wait(context, "waiting for other addresses") { state -> Bool? in
      if state.isClosed || state.generation != claim.generation { return false }
      if state.vainRenewalCount >= Self.vainRenewalCountMax { return false }
      guard !state.isRenewing else { return nil }
      state.isRenewing = true
      return true
    }
    if isMine {
      defer { monitor.withLock { $0.isRenewing = false } }
      Log.write(.info, "snowflake: asking for other addresses of a result's parts")
      try take(try renewal(context))
    }
    return monitor.withLock { state in
      guard state.generation != claim.generation, let chunk = state.claims[claim.index] else {
        return nil
      }
      var claim = claim
      claim.chunk = chunk
      claim.generation = state.generation
      return claim
    }
  }

  /// Puts the URLs of `answer`, which must be of the same result, in the place of the old ones.
  private func take(_ answer: SnowflakeAnswer) throws(TernError) {
    let isSame = monitor.withLock { state -> Bool in
      guard !state.isClosed else { return true }
      var fresh = answer.chunks
      guard fresh.count == state.nextIndex + state.chunks.count else { return false }
      for index in 0..<state.nextIndex {
        let chunk = fresh.takeFirst()
        guard let old = state.claims[index] else { continue }
        guard let chunk, chunk.rowCount == old.rowCount else { return false }
        state.claims[index] = chunk
      }
      guard fresh.hasSameRows(as: state.chunks) else { return false }
      state.chunks = fresh
      state.headers = Self.headers(of: answer)
      state.generation += 1
      state.vainRenewalCount += 1
      return true
    }
    guard isSame else {
      throw TernError(
        .sql, .general,
        "the addresses of the result have expired, and the service gave other parts when asked "
          + "for new ones: run the query again")
    }
  }
}

extension SnowflakeChunkList {
  /// Whether the parts of both have the same numbers of rows, one by one.
  fileprivate func hasSameRows(as other: SnowflakeChunkList) -> Bool {
    guard count == other.count, rowCount == other.rowCount else { return false }
    var (mine, others) = (self, other)
    while let chunk = mine.takeFirst() {
      guard chunk.rowCount == others.takeFirst()?.rowCount else { return false }
    }
    return true
  }
}
