internal import TernColumns
internal import TernCore

// The members of `data`, one by one.
extension SnowflakeAnswer {
  mutating func read(_ member: String, _ reader: JSONReader) throws(TernError) {
    switch member {
    case "rowtype": columns = try rowtype(reader)
    case "rowset": rowset = try range(of: .array, reader)
    case "total": total = try reader.wholeNumberOrAbsent()
    case "returned": returned = try reader.wholeNumberOrAbsent()
    case "chunks": chunks = try SnowflakeChunkList(reading: reader)
    case "chunkHeaders": try readChunkHeaders(reader)
    case "qrmk": qrmk = try reader.textOrAbsent().flatMap { $0.isEmpty ? nil : Secret($0) }
    case "queryResultFormat": try readFormat(reader)
    case "queryId": queryID = try reader.textOrAbsent()
    case "statementTypeId": statementTypeID = try reader.wholeNumberOrAbsent()
    case "stats": try readStatistics(reader)
    case "queryContext": context = try contextChange(reader)
    case "version": version = try reader.wholeNumberOrAbsent()
    case "command": command = try reader.textOrAbsent()
    case "parameters": try readParameters(reader)
    // Seen with a capital S too.
    case _ where member.lowercased() == "rowsetbase64": try readRowsetBase64(reader)
    default: try readState(member, reader)
    }
  }

  /// What is said of the session, of parameters and of a query that runs or has failed.
  private mutating func readState(
    _ member: String, _ reader: JSONReader
  ) throws(TernError) {
    switch member {
    case "numberOfBinds": numberOfBinds = try reader.wholeNumberOrAbsent()
    case "metaDataOfBinds": binds = try SnowflakeColumn.list(reading: reader)
    case "arrayBindSupported": isArrayBindSupported = try reader.flagOrAbsent() ?? false
    case "finalDatabaseName": finalDatabase = try reader.textOrAbsent()
    case "finalSchemaName": finalSchema = try reader.textOrAbsent()
    case "finalWarehouseName": finalWarehouse = try reader.textOrAbsent()
    case "finalRoleName": finalRole = try reader.textOrAbsent()
    case "getResultUrl": resultPath = try reader.textOrAbsent()
    case "progressDesc": progress = try reader.textOrAbsent()
    case "queryAbortsAfterSecs": abortsAfterSeconds = try reader.wholeNumberOrAbsent()
    case "resultIds": resultIDs = Self.list(try reader.textOrAbsent())
    case "resultTypes": resultTypes = Self.list(try reader.textOrAbsent()).compactMap { Int64($0) }
    case "errorCode": failure.errorCode = try reader.textOrAbsent()
    case "sqlState": failure.sqlState = try reader.textOrAbsent()
    case "line": failure.line = try reader.wholeNumberOrAbsent()
    case "pos": failure.position = try reader.wholeNumberOrAbsent()
    case "type": failure.type = try reader.textOrAbsent()
    case "internalError": failure.isInternal = try reader.flagOrAbsent() ?? false
    default: try reader.skip()
    }
  }

  private func rowtype(_ reader: JSONReader) throws(TernError) -> [SnowflakeColumn]? {
    guard try reader.peek() == .array else {
      try reader.skip()
      return nil
    }
    return try SnowflakeColumn.list(reading: reader)
  }

  /// Where a value of that kind is in the body, which is stepped over; nil for any other kind.
  private func range(
    of kind: JSONReader.Kind, _ reader: JSONReader
  ) throws(TernError) -> Range<Int>? {
    let isWanted = try reader.peek() == kind
    let start = data.lowerBound + reader.offset
    try reader.skip()
    return isWanted ? start..<data.lowerBound + reader.offset : nil
  }

  private mutating func readRowsetBase64(_ reader: JSONReader) throws(TernError) {
    guard try reader.peek() == .string else { return try reader.skip() }
    let start = data.lowerBound + reader.offset
    isRowsetEscaped = try reader.skipString()
    rowsetBase64 = start + 1..<data.lowerBound + reader.offset - 1
  }

  private mutating func readFormat(_ reader: JSONReader) throws(TernError) {
    let name = try reader.textOrAbsent() ?? ""
    switch name.lowercased() {
    case "", "json": format = .json
    case "arrow", "arrow_force": format = .arrow
    default: unknownFormat = name
    }
  }

  private mutating func readChunkHeaders(_ reader: JSONReader) throws(TernError) {
    try reader.forEachKeyOrAbsent { (name) throws(TernError) in
      if let value = try reader.textOrAbsent() { chunkHeaders.append((name, value)) }
    }
  }

  private mutating func readParameters(_ reader: JSONReader) throws(TernError) {
    guard try reader.beginArrayOrAbsent() else { return }
    while try reader.nextElement() {
      var parameter = Parameter(name: "")
      try reader.forEachKeyOrAbsent { (member) throws(TernError) in
        switch member {
        case "name": parameter.name = try reader.textOrAbsent() ?? ""
        case "value": parameter.value = try reader.textOrAbsent()
        default: try reader.skip()
        }
      }
      if !parameter.name.isEmpty { parameters.append(parameter) }
    }
  }

  private mutating func readStatistics(_ reader: JSONReader) throws(TernError) {
    guard try reader.peek() == .object else { return try reader.skip() }
    var counts = Statistics()
    try reader.forEachKey { (member) throws(TernError) in
      switch member {
      case "numRowsInserted": counts.inserted = try reader.wholeNumberOrAbsent() ?? 0
      case "numRowsUpdated": counts.updated = try reader.wholeNumberOrAbsent() ?? 0
      case "numRowsDeleted": counts.deleted = try reader.wholeNumberOrAbsent() ?? 0
      case "numDmlDuplicates": counts.duplicates = try reader.wholeNumberOrAbsent() ?? 0
      default: try reader.skip()
      }
    }
    statistics = counts
  }

  /// Null, or an object without entries, clears the context.
  private func contextChange(_ reader: JSONReader) throws(TernError) -> ContextChange {
    var entries: [ContextEntry]?
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in
      guard member == "entries", try reader.beginArrayOrAbsent() else {
        if member != "entries" { try reader.skip() }
        return
      }
      var list: [ContextEntry] = []
      while try reader.nextElement() {
        if let entry = try contextEntry(reader) { list.append(entry) }
      }
      entries = list
    }
    return entries.map { .entries($0) } ?? .cleared
  }

  private func contextEntry(_ reader: JSONReader) throws(TernError) -> ContextEntry? {
    var (id, timestamp, priority): (Int64?, Int64?, Int64?) = (nil, nil, nil)
    var context: String?
    try reader.forEachKeyOrAbsent { (member) throws(TernError) in
      switch member {
      case "id": id = try reader.wholeNumberOrAbsent()
      case "timestamp": timestamp = try reader.wholeNumberOrAbsent()
      case "priority": priority = try reader.wholeNumberOrAbsent()
      case "context": context = try reader.textOrAbsent()
      default: try reader.skip()
      }
    }
    guard let id, let timestamp, let priority else { return nil }
    return ContextEntry(id: id, timestamp: timestamp, priority: priority, context: context)
  }

  /// The parts between commas.
  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { part in
      String(part.drop { $0 == " " })
    }
  }
}
