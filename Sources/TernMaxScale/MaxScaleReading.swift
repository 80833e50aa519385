internal import TernColumns
public import TernCore
internal import TernDriver
internal import TernNet

/// Every reader of foreign bytes behind one door, for fuzzers: they see no internal names.
@_spi(Fuzzing)
public enum MaxScaleReading {
  /// What the bytes are taken for.
  public enum Kind: Int, CaseIterable, Sendable {
    /// The answer to any text, with what its rows stand for.
    case results
    /// The answer to a query whose columns are known, whose rows are read while they come.
    case streamed
    case opened, authToken, queryID, ids, facts
    /// An SQL text, and the declaration of a column.
    case sql
    /// The body of a failed request.
    case refusal
  }

  /// One column of every type, as a query is rewritten for them.
  private static let declarations = [
    "tinyint(1)", "smallint(5) unsigned", "mediumint(8)", "int(10) unsigned", "bigint(20)",
    "bigint(20) unsigned", "decimal(10,2)", "decimal(65,30)", "float", "double", "bit(1)", "bit(9)",
    "date", "time(3)", "datetime(6)", "timestamp", "year(4)", "char(3)", "varchar(20)", "longtext",
    "varbinary(5)", "longblob", "geometry", "enum('a','b''c')", "uuid",
  ]

  /// Reads the bytes as a session would; throws what is wrong with them, and nothing `.internal`.
  public static func read(_ source: any ByteSource, as kind: Kind) throws(TernError) {
    switch kind {
    case .results: try readResults(try JSONReader(source))
    case .streamed: try readStream(try JSONReader(source))
    default: try read(try ByteCollector.all(of: source, byteCountMax: 1 << 26), as: kind)
    }
  }

  private static func read(_ bytes: [UInt8], as kind: Kind) throws(TernError) {
    switch kind {
    case .results, .streamed: break
    case .opened: _ = try MaxScaleOpened(bytes, receivedAt: 0)
    case .authToken: _ = try MaxScaleReply.authToken(bytes)
    case .queryID: _ = try MaxScaleReply.queryID(bytes)
    case .ids: _ = try MaxScaleReply.ids(bytes)
    case .facts:
      for case .rows(let rows) in try MaxScaleReply.results(try JSONReader(bytes)) ?? [] {
        _ = try MaxScaleFacts(rows)
      }
    case .sql: try readText(String(decoding: bytes, as: UTF8.self))
    case .refusal: throw MaxScaleErrors.http(400, bytes, isOpening: bytes.count % 2 == 0)
    }
  }

  private static func readResults(_ reader: JSONReader) throws(TernError) {
    for result in try MaxScaleReply.results(reader) ?? [] {
      switch result {
      case .changed: break
      case .failed(let fault): throw MaxScaleErrors.error(fault)
      case .rows(let rows):
        let held = try MaxScaleHeldRows(rows, MaxScaleTypeRules(), isTrusted: false, isRaw: true)
        try drain(try held.pages(rowCountMax: 0, ExecutionOptions(), nil))
      }
    }
  }

  private static func readStream(_ reader: JSONReader) throws(TernError) {
    guard try MaxScaleReply.enterResults(reader), try reader.nextElement() else {
      throw .badReply("a query without results")
    }
    var element = MaxScaleElement()
    guard try element.readToRows(reader) else {
      _ = try element.result()
      return
    }
    let types = declarations.map { MaxScaleType(declaration: $0) }
    let description = MaxScaleDescription(names: declarations, types: types)
    let counts = types.map { $0.exactExpressions("c", MaxScaleTypeRules())?.count ?? 1 }
    let layout = MaxScaleLayout(
      description, MaxScaleTypeRules(), MaxScalePieces(counts: counts))
    let tail = MaxScaleTail(element, layout)
    try drain(
      try MaxScalePages(layout, reader, nil, MaxScaleChecks(), ExecutionOptions(), nil) {
        reader throws(TernError) in
        var tail = tail
        try tail.read(reader)
      })
  }

  private static func drain(_ pages: MaxScalePages) throws(TernError) {
    while try pages.nextPage(CallContext()) != nil {}
  }

  /// Every mode finds other markers; whatever is found, the text must go together again.
  private static func readText(_ sql: String) throws(TernError) {
    _ = MaxScaleType(declaration: sql).sql
    for hasNoEscapes in [false, true] {
      let mode = MaxScaleScanner.Mode(
        hasNoBackslashEscapes: hasNoEscapes, hasAnsiQuotes: hasNoEscapes)
      let text = MaxScaleText(sql, mode)
      let same = text.markers.map { _ in [UInt8(ascii: "?")] }
      let query = MaxScaleQuery(MaxScaleCommand(text, same))
      guard text.markers.allSatisfy({ text.bytes[$0] == UInt8(ascii: "?") }),
        query.command.sql.count == text.bytes.count + 2 * text.markers.count
      else { throw .internal("a text does not go together again") }
      _ = (query.probe, query.fetch(["a"], of: 1), query.characterSets([0], of: 1))
      if let range = text.valuesRange { _ = query.command.part(range) }
    }
  }
}
