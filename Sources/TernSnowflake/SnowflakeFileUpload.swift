internal import TernCore
internal import TernNet

/// Stores one file in the cloud.
///
/// Source: Snowflake reference, section 7.1.
struct SnowflakeFileUpload: Sendable {
  let store: SnowflakeFileStore
  let payload: SnowflakeFilePayload
  let seal: SnowflakeFileSeal?
  /// The object's, behind the stage's prefix.
  let name: String
  /// Parts that are sent at once.
  let parallel: Int
  /// Files of more bytes are sent in parts.
  let threshold: Int
  /// Bytes of a part at least.
  let partByteCountMin: Int

  /// Parts of one object at most, as S3 has it.
  private static let partCountMax = 10_000
  /// Parts in memory at once, beside the one that is being read.
  private static let parallelMax = 8

  /// Bytes as they are stored.
  var byteCount: Int {
    let count = payload.content.byteCount
    return seal == nil ? count : SnowflakeFileSeal.byteCount(count)
  }

  private var facts: SnowflakeFileFacts {
    SnowflakeFileFacts(digest: payload.digest, seal: seal)
  }

  private func stream() throws(TernError) -> any ByteSource {
    let reader = payload.content.reader()
    return try seal?.close(reader) ?? reader
  }

  /// What is there under the name; nil if nothing is, or where nobody can be asked.
  func existing(_ context: CallContext) throws(TernError) -> SnowflakeFileFacts? {
    guard try store.cloud(store.grant.now.order).canLook else { return nil }
    return try store.send(
      name, context, { _ in SnowflakeFileAction("HEAD") },
      accept: { (response, cloud) throws(TernError) -> SnowflakeFileFacts?? in
        switch response.status {
        case 200: .some(try cloud.facts(response.headers))
        case 404: .some(nil)
        default: nil
        }
      })
  }

  /// Stores the file.
  func run(_ context: CallContext) throws(TernError) {
    let canSplit = try store.cloud(store.grant.now.order).canSplit
    guard canSplit, byteCount > max(threshold, partByteCountMin) else {
      return try store.send(
        name, context, { $0.store(facts) },
        body: { () throws(TernError) in .source(try stream(), byteCount: byteCount) },
        accept: Self.isStored)
    }
    try sendInParts(context)
  }

  private static func isStored(
    _ response: HTTPResponse, _ cloud: any SnowflakeFileCloud
  ) throws(TernError) -> Void? {
    guard response.status == 200 || response.status == 201 else { return nil }
    // The last answer about parts may be a failure in spite of its status.
    let body = String(decoding: try response.readAll(1 << 20), as: UTF8.self)
    guard !body.contains("<Error>") else {
      throw .lineLost(
        SnowflakeFileXML.element("Message", of: body) ?? "the parts could not be put together")
    }
    return ()
  }
}

// In parts.
extension SnowflakeFileUpload {
  private struct Part: Sendable {
    let number: Int
    let bytes: [UInt8]
  }

  private struct Feed: Sendable {
    var waiting: [Part] = []
    var hasEnded = false
    var tags: [Int: String] = [:]
    var failure: TernError?
  }

  private func sendInParts(_ context: CallContext) throws(TernError) {
    let upload = try begin(context)
    do throws(TernError) {
      let tags = try sendParts(of: upload, context)
      try store.send(
        name, context, { $0.end(upload, tags, facts) }, accept: Self.isStored)
    } catch {
      drop(upload)
      throw error
    }
  }

  private func begin(_ context: CallContext) throws(TernError) -> String {
    let cloud = try store.cloud(store.grant.now.order)
    guard cloud.begin(facts) != nil else { return Hex.encode(RandomBytes.make(8)) }
    return try store.send(
      name, context, { $0.begin(facts) ?? SnowflakeFileAction("POST") },
      accept: { (response, _) throws(TernError) -> String? in
        guard response.status == 200 else { return nil }
        let body = String(decoding: try response.readAll(1 << 20), as: UTF8.self)
        guard let id = SnowflakeFileXML.element("UploadId", of: body), !id.isEmpty else {
          throw .badReply("an upload in parts without an id")
        }
        return id
      })
  }

  /// How long the store may take to forget parts that nobody wants any more.
  private static let dropNanoseconds: Int64 = 1_000_000_000

  /// Parts without an object cost money: they are taken back, if the store answers soon.
  private func drop(_ upload: String) {
    let context = CallContext(deadline: .after(Self.dropNanoseconds, .network))
    do throws(TernError) {
      let cloud = try store.cloud(store.grant.now.order)
      guard let action = cloud.drop(upload) else { return }
      try store.send(
        name, context, { _ in action },
        accept: { (response, _) throws(TernError) -> Void? in response.status < 500 ? () : nil })
    } catch {
      Log.write(.warning, "snowflake: parts of \(name) were left in the store: \(error.message)")
    }
  }

  /// Reads parts in order, which is how they are encrypted, while others send them.
  private func sendParts(
    of upload: String, _ context: CallContext
  ) throws(TernError) -> [String] {
    let size = max(partByteCountMin, byteCount / Self.partCountMax + 1)
    let count = max(1, min(parallel, Self.parallelMax, byteCount / size + 1))
    let feed = Monitor(Feed())
    let senders = SnowflakeFileWorkers()
    for _ in 0..<count {
      try senders.start { send(feed, upload, context) }
    }
    do throws(TernError) {
      try read(size, into: feed, room: count, context)
    } catch {
      feed.withLock { $0.failure = $0.failure ?? error }
    }
    feed.withLock { $0.hasEnded = true }
    senders.join()
    let (tags, failure) = feed.withLock { ($0.tags, $0.failure) }
    if let failure { throw failure }
    return tags.sorted { $0.key < $1.key }.map(\.value)
  }

  private func read(
    _ size: Int, into feed: Monitor<Feed>, room: Int, _ context: CallContext
  ) throws(TernError) {
    let source = try stream()
    var number = 0
    var total = 0
    while true {
      let bytes = try ByteCollector.piece(of: source, size)
      guard !bytes.isEmpty else { break }
      number += 1
      total += bytes.count
      let part = Part(number: number, bytes: bytes)
      let isWanted = try feed.wait(context, "sending \(name)") { feed -> Bool? in
        if feed.failure != nil { return false }
        guard feed.waiting.count < room else { return nil }
        feed.waiting.append(part)
        return true
      }
      guard isWanted else { return }
    }
    guard total == byteCount else { throw .data("the file changed while it was read", .general) }
  }

  private func send(_ feed: Monitor<Feed>, _ upload: String, _ context: CallContext) {
    do throws(TernError) {
      while true {
        let part = try feed.wait(context, "sending \(name)") { feed -> Part?? in
          if feed.failure != nil { return .some(nil) }
          if !feed.waiting.isEmpty { return .some(feed.waiting.removeFirst()) }
          return feed.hasEnded ? .some(nil) : nil
        }
        guard let part else { return }
        let tag = try store.send(
          name, context, { $0.part(part.number, of: upload) },
          body: { () throws(TernError) in .bytes(part.bytes) },
          accept: { (response, cloud) throws(TernError) -> String? in
            guard response.status == 200 || response.status == 201 else { return nil }
            try response.discard()
            return try cloud.tag(part.number, of: upload, response.headers)
          })
        feed.withLock { $0.tags[part.number] = tag }
      }
    } catch {
      feed.withLock { $0.failure = $0.failure ?? error }
    }
  }
}
