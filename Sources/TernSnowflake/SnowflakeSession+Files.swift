internal import TernCore
internal import TernDriver

// Files between this machine and stages.
extension SnowflakeSession {
  /// Runs PUT or GET: the server only tells what is to be moved where.
  ///
  /// - Throws: see `SnowflakeFileTransfer`; `.unsupported` where it is switched off.
  func transfer(
    _ query: SnowflakeQuery, _ context: CallContext
  ) throws(TernError) -> any Outcomes {
    guard settings.allowsTransfers, let files else {
      throw .unsupported("PUT and GET are switched off by the option put_get")
    }
    let transfer = try SnowflakeFileTransfer(query.sql, files, ask: asking(query))
    return ReadyOutcomes([.rows(try transfer.run(context))])
  }

  /// Refuses an answer that wants files moved: only a statement that the user wrote as one does,
  /// and not in company of others.
  func refuseFiles(_ answer: SnowflakeAnswer) throws(TernError) {
    guard let command = answer.command else { return }
    throw TernError(
      .sql, .general,
      "the server wants files moved (\(command)) for a statement that is not a PUT or GET by "
        + "itself: refused")
  }

  /// Sends `query` with another text. The answer is needed now and as JSON: such statements cannot
  /// run apart (trap 37).
  fileprivate func asking(_ query: SnowflakeQuery) -> SnowflakeFileAsker.Ask {
    { (sql, context) throws(TernError) in
      var query = query
      query.sql = sql
      query.isAsync = false
      query.accept = .json
      return try self.run(query, context)
    }
  }
}

/// Stores parameters in the session's own stage, packed.
///
/// Nothing of this machine's files is touched: the local path is a name for the server to repeat.
struct SnowflakeFileUploader: SnowflakeUploader {
  private var settings: SnowflakeFileSettings

  init(_ settings: SnowflakeFileSettings) {
    self.settings = settings
    self.settings.root = ""
  }

  func upload(
    _ file: [UInt8], to path: String, of session: SnowflakeSession, _ context: CallContext
  ) throws(TernError) {
    var parts = path.utf8.split(separator: UInt8(ascii: "/")).map {
      String(decoding: $0, as: UTF8.self)
    }
    let name = parts.popLast() ?? path
    let sql =
      "PUT 'file:///tern/\(name)' '\(parts.joined(separator: "/"))' PARALLEL=1 "
      + "AUTO_COMPRESS=TRUE SOURCE_COMPRESSION=NONE OVERWRITE=TRUE"
    var query = SnowflakeQuery(sql)
    query.isInternal = true
    let transfer = try SnowflakeFileTransfer(sql, settings, ask: session.asking(query))
    try transfer.store(file, context)
  }
}
