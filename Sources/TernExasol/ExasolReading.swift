internal import TernColumns
public import TernCore
internal import TernDriver

/// Every reader of server messages behind one door, for fuzzers: they see no internal names.
@_spi(Fuzzing)
public enum ExasolReading {
  /// Which reply a message is taken for.
  public enum Kind: Int, CaseIterable, Sendable {
    case login, results, statement, late, page, attributes, declaration
  }

  /// Columns of every type, in the forms of protocols 4 and 5, for pages.
  private static let declarations = [
    "BOOLEAN", "CHAR(5) ASCII", "VARCHAR(9) UTF8", "DECIMAL(18,0)", "DECIMAL(36,5)", "DOUBLE",
    "DATE", "TIMESTAMP(3)", "TIMESTAMP(9)", "TIMESTAMP(6) WITH LOCAL TIME ZONE",
    "INTERVAL YEAR(2) TO MONTH", "INTERVAL DAY(2) TO SECOND(3)", "INTERVAL DAY(9) TO SECOND(9)",
    "GEOMETRY(4326)", "HASHTYPE(16 BYTE)", "UNKNOWN",
  ]

  /// Reads one message as a session would.
  ///
  /// - Throws: `.connection` for what is no such reply, `.data` for values that do not fit.
  public static func read(
    _ source: any ByteSource, as kind: Kind, format: String = "YYYY-MM-DD HH24:MI:SS.FF6"
  ) throws(TernError) {
    var attributes = ExasolAttributes()
    attributes.datetimeFormat = format
    let formats = ExasolFormats(attributes, ExasolTypeOptions())
    let results = ExasolResultReader(formats: formats)
    let json = try JSONReader(source)
    let reply = try ExasolReply(reading: json) { json throws(TernError) in
      switch kind {
      case .login:
        _ = try ExasolLoginReply(ExasolFields(reading: json), requestedVersion: 5)
      case .results: _ = try results.results(json)
      case .statement: _ = try ExasolStatementReply(reading: json, results)
      case .late: _ = try ExasolLateReply(reading: json)
      case .page:
        let types = declarations.map { (name: "", type: ExasolDataType(declaration: $0)) }
        _ = try ExasolPage.read(json, results.decoder(types))
      case .attributes: try attributes.merge(reading: json)
      case .declaration:
        let type = try ExasolDataType(reading: json)
        _ = ExasolDataType(declaration: type.name).description("", ExasolTypeOptions())
        _ = type.description("", ExasolTypeOptions())
      }
    }
    if let exception = reply.exception {
      _ = ExasolErrors.error(exception)
      _ = ExasolErrors.error(exception, .login)
    }
    if let changed = reply.attributes { try attributes.merge(reading: JSONReader(changed)) }
    _ = ExasolFormats(attributes, ExasolTypeOptions())
  }
}
