internal import TernColumns
public import TernCore
internal import TernDriver
internal import TernNet

/// Every reader of foreign rows behind one door, for fuzzers: they see no internal names.
@_spi(Fuzzing)
public enum SnowflakeReading {
  /// What the bytes are taken for.
  public enum Kind: Int, CaseIterable, Sendable {
    /// An answer with whatever rows are in it.
    case answer
    /// A part of a result with a column of every type, in JSON, in Arrow, or packed.
    case part
    /// The same with numbers as integers and nested values as text.
    case plainPart
    /// The answer to a login, whole or refused.
    case login
  }

  /// One column of every logical type.
  private static let rowtype = Array(
    #"""
    [{"name":"N","type":"fixed","precision":38,"scale":2},{"name":"I","type":"fixed","precision":9},
    {"name":"R","type":"real"},{"name":"T","type":"text"},{"name":"X","type":"binary"},
    {"name":"B","type":"boolean"},{"name":"D","type":"date"},{"name":"TM","type":"time","scale":4},
    {"name":"N9","type":"timestamp_ntz","scale":9},{"name":"L3","type":"timestamp_ltz","scale":3},
    {"name":"Z6","type":"timestamp_tz","scale":6},{"name":"DF","type":"decfloat"},
    {"name":"V","type":"vector","vectorDimension":2,"fields":[{"type":"fixed"}]},
    {"name":"YM","type":"interval_year_month","precision":3},
    {"name":"DT","type":"interval_day_time","precision":153,"scale":9},
    {"name":"A","type":"array","fields":[{"type":"timestamp_ntz","scale":9}]},
    {"name":"M","type":"map","fields":[{"type":"text"},{"type":"fixed","scale":2}]},
    {"name":"S","type":"object","fields":[{"name":"x","type":"real"},{"name":"y","type":"date"}]},
    {"name":"O","type":"object"},{"name":"?","type":"unheard_of"}]
    """#.utf8)

  /// Reads the bytes as a session would; throws what is wrong with them, and nothing `.internal`.
  public static func read(_ source: any ByteSource, as kind: Kind) throws(TernError) {
    var options = SnowflakeTypeOptions()
    options.decimalAsInteger = kind == .plainPart
    options.structuredAsText = kind == .plainPart
    if kind == .login { return try readLogin(source) }
    guard kind == .answer else {
      let columns = try SnowflakeColumn.list(reading: try JSONReader(rowtype))
      return try drain(
        try SnowflakePart(source, SnowflakeLayout(columns, options), ExecutionOptions()))
    }
    let body = try ByteCollector.all(of: source, byteCountMax: 1 << 26)
    let answer = try SnowflakeAnswer(body, data: 0..<body.count)
    let layout = SnowflakeLayout(answer.columns ?? [], options)
    let inline = try SnowflakeInline(answer)
    while let batch = try inline.next(layout, ExecutionOptions()) { try check(batch) }
  }

  private static func readLogin(_ source: any ByteSource) throws(TernError) {
    let reply = try SnowflakeReply(try ByteCollector.all(of: source, byteCountMax: 1 << 26))
    guard reply.isSuccess else { throw SnowflakeErrors.error(reply, isLogin: true) }
    _ = try SnowflakeLogin(reply)
  }

  private static func drain(_ part: SnowflakePart) throws(TernError) {
    while let batch = try part.next() { try check(batch) }
  }

  /// What was accepted can be read.
  private static func check(_ batch: Batch) throws(TernError) {
    for column in batch.columns {
      for row in 0..<min(column.count, 64) {
        if try !column.isNull(at: row) { _ = try column.text(at: row) }
      }
    }
  }
}
