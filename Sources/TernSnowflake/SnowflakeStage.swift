internal import TernCore
internal import TernDriver
internal import TernNet

/// Brings files to a stage of the session's.
protocol SnowflakeUploader: Sendable {
  /// Stores `file` under `path`, such as `@SYSTEM$BIND/…/1`; replaces nothing.
  ///
  /// - Throws: whatever kept it from being stored; the caller then does without the stage.
  func upload(
    _ file: [UInt8], to path: String, of session: SnowflakeSession, _ context: CallContext
  ) throws(TernError)
}

/// Where parameters lie that are too many for a request.
///
/// Source: Snowflake reference, section 3.4.
enum SnowflakeStage {
  /// What is known of the session's stage in one schema.
  enum State: Sendable {
    case unknown, made
    /// It could not be made or filled: no schema, no right. It is not tried again there.
    case impossible
  }

  /// The stage that the vendor's drivers use; it is the session's own and not seen by users.
  static let name = "SYSTEM$BIND"

  /// Nothing but an empty field is NULL, and a backslash is a character like others.
  static let definition =
    "CREATE TEMPORARY STAGE IF NOT EXISTS \(name) file_format=(type=csv "
    + "field_optionally_enclosed_by='\"' encoding='UTF8' escape_unenclosed_field=NONE null_if=())"
}

extension SnowflakeSession.State {
  /// What is known of the stage in the current schema: it belongs to the one it was made in.
  var stage: SnowflakeStage.State {
    get { stagePlace == place ? stageThere : .unknown }
    set { (stagePlace, stageThere) = (place, newValue) }
  }

  private var place: [String?] { [session.catalog, session.schema] }
}

extension SnowflakeSession {
  /// A statement whose parameters lie in the stage; nil where there can be no stage, which is then
  /// not tried again, and where making it would commit a transaction of the caller's, as every
  /// definition does.
  ///
  /// - Throws: `.cancelled`, `.timeout`, `.connection`; values that cannot be written.
  func stage(
    _ query: SnowflakeQuery, _ rows: SnowflakeParameterRows, _ context: CallContext
  ) throws(TernError) -> SnowflakeQuery? {
    let file = SnowflakeStageFile(rows.bindings)
    guard let uploader, file.isPossible else { return nil }
    switch shared.withLock({ $0.stage }) {
    case .impossible: return nil
    case .unknown:
      guard try isOutsideTransactions(context) ?? state.isAutocommit else { return nil }
      guard try attempt({ () throws(TernError) in try makeStage(context) }) else { return nil }
    case .made: break
    }
    let place = "@\(SnowflakeStage.name)/\(SnowflakeRequestID().text)"
    var row = 0
    var number = 0
    while row < rows.count {
      let (bytes, next) = try file.bytes(from: row, rowCount: rows.count)
      number += 1
      let path = "\(place)/\(number)"
      let isStored = try attempt { () throws(TernError) in
        try uploader.upload(bytes, to: path, of: self, context)
      }
      guard isStored else { return nil }
      row = next
    }
    var staged = query
    staged.bindStage = place
    staged.parameters += file.parameters
    return staged
  }

  private func makeStage(_ context: CallContext) throws(TernError) {
    var query = SnowflakeQuery(SnowflakeStage.definition)
    query.isInternal = true
    _ = try run(query, context)
    shared.withLock { $0.stage = .made }
  }

  /// Does a step with the stage; false where it failed: then the parameters go with the request.
  private func attempt(_ body: () throws(TernError) -> Void) throws(TernError) -> Bool {
    do throws(TernError) {
      try body()
      return true
    } catch {
      switch error.kind {
      case .sql, .unsupported, .data, .internal, .authentication: break
      case .connection where isAlive: break
      case .connection, .usage, .timeout, .cancelled: throw error
      }
      warn(
        Warning(
          .warning, "parameters of many rows go in parts, not through a stage: \(error.message)"))
      shared.withLock { $0.stage = .impossible }
      return false
    }
  }
}
