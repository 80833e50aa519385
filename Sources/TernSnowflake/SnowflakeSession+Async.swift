internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// How a statement fares that was started before.
///
/// Source: Snowflake reference, section 3.10 "Async API".
struct SnowflakeQueryStatus: Hashable, Sendable {
  /// The server's word, `NO_DATA` where it knows nothing of the statement yet.
  var name = "NO_DATA"
  var errorCode = ""
  var errorMessage = ""

  /// Words for statements that have not ended.
  private static let running: Set<String> = [
    "RUNNING", "QUEUED", "RESUMING_WAREHOUSE", "QUEUED_REPARING_WAREHOUSE",
    "QUEUED_REPAIRING_WAREHOUSE", "BLOCKED", "NO_DATA",
  ]

  /// Whether the statement has not ended.
  var isRunning: Bool { Self.running.contains(name) }

  /// Whether the server has no word for it.
  var isUnknown: Bool { name == "NO_DATA" }

  /// Whether it ended without a result.
  var isFailed: Bool {
    name.hasPrefix("FAILED_") || name.hasPrefix("ABORT") || name == "DISCONNECTED"
  }

  /// Reads the answer of `/monitoring/queries/…`; an empty list is no data.
  init(_ reply: SnowflakeReply) throws(TernError) {
    guard let reader = try reply.dataReader() else { return }
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in
      guard member == "queries" else { return try reader.skip() }
      guard try reader.beginArrayOrAbsent() else { return }
      var isFirst = true
      while try reader.nextElement() {
        guard isFirst else {
          try reader.skip()
          continue
        }
        isFirst = false
        try read(reader)
      }
    }
  }

  private mutating func read(_ reader: JSONReader) throws(TernError) {
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in
      switch member {
      case "status": name = (try reader.textOrAbsent() ?? name).uppercased()
      case "errorCode": errorCode = try reader.textOrAbsent() ?? ""
      case "errorMessage": errorMessage = try reader.textOrAbsent() ?? ""
      default: try reader.skip()
      }
    }
  }
}

// Results by query id.
extension SnowflakeSession {
  /// What the bytes of a partition begin with.
  private static let partitionPrefix = "snowflake:1:"

  /// The part that is a statement's whole result: any session of the same user and role can read
  /// it for a day.
  static func partition(of queryID: String) -> Partition {
    Partition(bytes: Array((partitionPrefix + queryID).utf8))
  }

  /// Waits for a statement that was started before, and opens its result.
  func open(_ partition: Partition, _ context: CallContext) throws(TernError) -> any PageSource {
    let text = String(decoding: partition.bytes, as: UTF8.self)
    guard text.hasPrefix(Self.partitionPrefix) else {
      throw .usage("a partition that is not one of Snowflake's")
    }
    let queryID = String(text.dropFirst(Self.partitionPrefix.count))
    guard SnowflakeSQL.isQueryID(queryID) else {
      throw .usage("a partition with a query id that is none")
    }
    try wait(for: queryID, context)
    let answer = try result(of: queryID, context)
    guard answer.columns != nil else {
      throw .usage("the statement \(queryID) gave no rows", .invalidCursorState)
    }
    return try pages(answer, ExecutionOptions())
  }

  /// How often the server may know nothing of a statement before it counts as unknown.
  private static let unknownCountMax = 24

  /// Waits until a statement has ended, however long that takes; what it ended with is told by its
  /// result.
  ///
  /// A cancel ends the wait and leaves the statement alone: it is not this call's.
  func wait(
    for queryID: String, pauses: SnowflakePollPauses = SnowflakePollPauses(),
    _ context: CallContext
  ) throws(TernError) {
    var pauses = pauses
    var unknownCount = 0
    while true {
      let status = try status(of: queryID, context)
      guard status.isRunning else { return shared.withLock { _ = $0.detached.remove(queryID) } }
      unknownCount = status.isUnknown ? unknownCount + 1 : 0
      // The result itself may still be there.
      guard unknownCount < Self.unknownCountMax else { return }
      try context.pause(pauses.next(), "waiting for a statement that runs on the server")
    }
  }

  /// How a statement fares.
  func status(
    of queryID: String, _ context: CallContext
  ) throws(TernError) -> SnowflakeQueryStatus {
    let reply = try line.get(
      "/monitoring/queries/\(queryID)", as: SnowflakeRequestID(), accept: .json, context)
    guard reply.isSuccess else { throw SnowflakeErrors.error(reply) }
    return try SnowflakeQueryStatus(reply)
  }
}
