internal import TernColumns
internal import TernCore
internal import TernDriver

extension SnowflakeSession {
  /// The rows of an answer: those in it, and those in the store.
  func pages(
    _ answer: SnowflakeAnswer, _ options: ExecutionOptions
  ) throws(TernError) -> SnowflakePages {
    var renewal: SnowflakeFeed.Renewal?
    if let queryID = answer.queryID, SnowflakeSQL.isQueryID(queryID) {
      renewal = Self.renewal(of: queryID, line, grace)
    }
    return try SnowflakePages(answer, typeOptions, options, store, renewal: renewal)
  }

  /// Asks for an answer again: the addresses of its parts expire after hours. Any thread.
  private static func renewal(
    of queryID: String, _ line: SnowflakeLine, _ grace: SnowflakeGrace
  ) -> SnowflakeFeed.Renewal {
    { (context: CallContext) throws(TernError) in
      let execution = SnowflakeExecution(line, .nothing, grace)
      let end = try execution.result(of: queryID, context)
      guard end.reply.isSuccess else { throw SnowflakeErrors.error(end.reply) }
      return end.answer
    }
  }
}
