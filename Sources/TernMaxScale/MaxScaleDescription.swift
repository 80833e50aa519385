internal import TernColumns
internal import TernCore
internal import TernDriver

/// The columns of a query, found out without running it.
struct MaxScaleDescription: Sendable {
  /// As the query itself names its columns.
  var names: [String]
  /// One for each name.
  var types: [MaxScaleType]
  /// What the result itself says, from 24.02 on.
  var columns: [MaxScaleColumn]?

  /// The columns as front doors see them.
  func columns(_ rules: MaxScaleTypeRules, isExact: Bool) -> [ColumnDescription] {
    zip(names, types).enumerated().map { index, pair in
      pair.1.description(
        pair.0, rules, isExact: isExact,
        columns.flatMap { $0.indices.contains(index) ? $0[index] : nil })
    }
  }
}

/// How the rows of one result are read.
struct MaxScaleLayout: Sendable {
  /// The columns as front doors see them.
  let columns: [ColumnDescription]
  /// How the values of each stand in the document.
  let formats: [ColumnFormat]
  /// Which columns of the document make one.
  let pieces: MaxScalePieces
  /// The columns of the document, by number, that stand for themselves and not for expressions.
  let plainColumns: Set<Int>

  /// - Parameter pieces: how the query was rewritten; nil if it runs as it is.
  init(
    _ description: MaxScaleDescription, _ rules: MaxScaleTypeRules, _ pieces: MaxScalePieces?
  ) {
    let isExact = pieces != nil
    self.pieces = pieces ?? MaxScalePieces(counts: description.types.map { _ in 1 })
    columns = description.columns(rules, isExact: isExact)
    formats = description.types.map { $0.shape(rules, isExact: isExact).format }
    var plain: Set<Int> = []
    var number = 0
    for (type, count) in zip(description.types, self.pieces.counts) {
      // An expression that is only NULL has another type inside of a query.
      if !isExact || (type.loss == .none && type.kind != .null) { plain.insert(number) }
      number += count
    }
    plainColumns = plain
  }

  /// What every batch looks like.
  var schema: Schema { Schema(columns.map(\.field)) }

  /// A decoder for the columns of the document, which may have another one in front.
  func decoder(behind first: Field? = nil) throws(TernError) -> ColumnDecoder {
    let front = first.map { [$0] } ?? []
    return try ColumnDecoder(
      Schema(front + pieces.fields(columns.map(\.field))),
      formats: front.map { _ in .standard }
        + zip(formats, pieces.counts).flatMap { Array(repeating: $0, count: $1) })
  }

  /// The columns of the result, from those of the document behind the first `count`.
  func joined(_ batch: Batch, behind count: Int = 0) throws(TernError) -> Batch {
    try pieces.joined(batch, schema, behind: count)
  }
}

// Finding out.
extension MaxScaleSession {
  /// The columns of a query; nil where the server does not take the question, so that the query
  /// itself must say what is wrong.
  func describe(
    _ query: MaxScaleQuery, _ context: CallContext
  ) throws(TernError) -> MaxScaleDescription? {
    guard let rows = try ask(query.probe, context).first else { return nil }
    guard !rows.names.isEmpty else { return nil }
    guard let columns = rows.columns else { return try declared(query, rows.names, context) }
    var types = columns.map { MaxScaleType($0) }
    let doubtful = types.indices.filter { types[$0].isAmbiguous }
    if !doubtful.isEmpty {
      let sets = try ask(query.characterSets(doubtful, of: types.count), context).first
      if let texts = try sets?.texts().first, texts.count == doubtful.count {
        for (index, text) in zip(doubtful, texts) {
          types[index] = MaxScaleType(columns[index], isBinary: text == "binary")
        }
      }
    }
    if settings.tellsMembers { try addMembers(to: &types, of: query, rows.names, context) }
    return MaxScaleDescription(names: rows.names, types: types, columns: columns)
  }

  /// Adds the declarations of ENUM and SET columns, where the server can be asked for them.
  private func addMembers(
    to types: inout [MaxScaleType], of query: MaxScaleQuery, _ names: [String],
    _ context: CallContext
  ) throws(TernError) {
    let kinds: [MaxScaleType.Kind] = [.enumeration, .set]
    guard types.contains(where: { kinds.contains($0.kind) }),
      let table = try declared(query, names, context)
    else { return }
    for index in types.indices where kinds.contains(types[index].kind) {
      guard types[index].kind == table.types[index].kind else { continue }
      types[index].declaration = table.types[index].declaration
    }
  }

  /// The types of a result from a table like it.
  private func declared(
    _ query: MaxScaleQuery, _ names: [String], _ context: CallContext
  ) throws(TernError) -> MaxScaleDescription? {
    let answers = try ask(query.probeTable(of: names.count), context)
    guard let table = try answers.first?.texts(), table.count == names.count else { return nil }
    let types = table.map { MaxScaleType(declaration: ($0.count > 1 ? $0[1] : nil) ?? "") }
    return MaxScaleDescription(names: names, types: types)
  }

  /// The result sets of a question of the driver's own; none where the server refuses it.
  private func ask(
    _ sql: [UInt8], _ context: CallContext
  ) throws(TernError) -> [MaxScaleRows] {
    var sets: [MaxScaleRows] = []
    for result in try results(of: sql, context) {
      switch result {
      case .rows(let rows): sets.append(rows)
      case .changed: break
      case .failed(let fault):
        let error = MaxScaleErrors.error(fault)
        guard error.kind != .connection, error.kind != .cancelled, error.kind != .timeout else {
          throw error
        }
        Log.write(.debug, "maxscale: a question was refused: \(error)")
        return []
      }
    }
    return sets
  }
}

extension MaxScaleRows {
  /// All values as text, NULL as nil: for the driver's own questions.
  func texts() throws(TernError) -> [[String?]] {
    let reader = try JSONReader(data)
    var rows: [[String?]] = []
    try reader.beginArray()
    while try reader.nextElement() {
      var row: [String?] = []
      try reader.beginArray()
      while try reader.nextElement() { row.append(try reader.scalarText()) }
      rows.append(row)
    }
    return rows
  }
}
