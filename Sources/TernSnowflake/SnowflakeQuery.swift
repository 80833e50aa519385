internal import TernColumns
internal import TernCore

/// One statement as it is sent to `/queries/v1/query-request`.
///
/// Source: Snowflake reference, section 3.1.
struct SnowflakeQuery: Sendable {
  /// A session parameter for this statement alone.
  enum Parameter: Hashable, Sendable {
    case number(Int64)
    case text(String)
    case flag(Bool)
  }

  /// The text, with its markers.
  var sql: String
  /// Whether the server answers at once and runs it apart.
  var isAsync = false
  /// Whether it is only compiled.
  var isDescribing = false
  /// Whether it is the driver's own, which hides it from the user's history.
  var isInternal = false
  /// The form of the answer.
  var accept = SnowflakeRequest.Accept.snowflake
  /// In the order they are written.
  var parameters: [(name: String, value: Parameter)] = []
  /// The value of `bindings` as JSON; empty: none.
  var bindings: [UInt8] = []
  /// Where the parameter rows lie that are too many for `bindings`.
  var bindStage: String?

  init(_ sql: String) { self.sql = sql }

  /// The body of the request.
  ///
  /// - Parameter sequence: counts the requests of a session, from 1.
  /// - Parameter now: milliseconds since 1970.
  func body(sequence: Int64, now: Int64, _ context: SnowflakeQueryContext) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("sqlText", sql)
    writer.member("asyncExec", isAsync)
    writer.member("sequenceId", sequence)
    writer.member("querySubmissionTime", now)
    writer.member("isInternal", isInternal)
    writer.member("describeOnly", isDescribing)
    writer.key("parameters")
    writer.beginObject()
    for (name, value) in parameters {
      switch value {
      case .number(let number): writer.member(name, number)
      case .text(let text): writer.member(name, text)
      case .flag(let flag): writer.member(name, flag)
      }
    }
    writer.endObject()
    if !bindings.isEmpty {
      writer.key("bindings")
      writer.raw(bindings)
    }
    if let bindStage { writer.member("bindStage", bindStage) }
    // What runs apart does not read its own session's writes.
    if !isAsync {
      writer.key("queryContextDTO")
      context.append(to: &writer)
    }
    writer.endObject()
    return writer.finish()
  }
}
