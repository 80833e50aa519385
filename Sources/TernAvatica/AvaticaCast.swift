internal import TernColumns
internal import TernCore
internal import TernDriver

/// A query rewritten so that its times come as text, with the digits below a millisecond that the
/// protocol has no room for.
///
/// Source: Avatica reference, section 9.2: `CAST(… AS VARCHAR)` reads what the wire cuts off. The
/// text is free of the zone of the server's machine too.
struct AvaticaCast: Sendable {
  /// The query around the query.
  let sql: String
  /// The columns as the caller sees them, with how their text is read.
  let columns: AvaticaSignature

  /// nil for a query whose times have all their digits anyway.
  init?(_ sql: String, _ signature: AvaticaSignature) {
    let digits = signature.types.map(Self.digits)
    guard digits.contains(where: { $0 != nil }) else { return nil }
    var columns = signature
    var items: [String] = []
    for (index, digits) in digits.enumerated() {
      let name = "TERN_\(index + 1)"
      guard let digits else {
        items.append(name)
        continue
      }
      items.append("CAST(\(name) AS VARCHAR(40))")
      columns.columns[index].dataType = Self.type(signature.types[index], digits)
      columns.columns[index].sql.decimalDigits = Int16(digits)
      columns.formats[index] = .standard
    }
    let names = digits.indices.map { "TERN_\($0 + 1)" }.joined(separator: ", ")
    var inner = sql[...]
    while let last = inner.last, last.isWhitespace || last == ";" { inner.removeLast() }
    // The line break ends a comment that the query may end with.
    self.sql =
      "SELECT \(items.joined(separator: ", ")) FROM (\(inner)\n) AS TERN_ROWS (\(names))"
    self.columns = columns
  }

  /// Digits behind the second that a column may have, nil if milliseconds hold them. Drivers say 0
  /// where they do not know.
  private static func digits(_ type: AvaticaType) -> Int? {
    guard [92, 93, 18, 20].contains(type.id), !(1...3).contains(type.scale) else { return nil }
    return type.scale == 0 ? 9 : Int(clamping: min(max(type.scale, 4), 9))
  }

  private static func type(_ type: AvaticaType, _ digits: Int) -> DataType {
    let isTime = type.id == 92 || type.id == 18
    if isTime { return .time64(digits > 6 ? .nanosecond : .microsecond) }
    return digits > 6
      ? .wideTimestamp(digits: digits, zone: nil) : .timestamp(.microsecond, zone: nil)
  }

  /// Whether a text orders its rows itself: databases need not keep the order of a query inside
  /// another one.
  static func ordersRows(_ sql: String) -> Bool {
    var depth = 0
    var quote: Character?
    var word = ""
    var wasOrder = false
    for character in sql.uppercased() + " " {
      if let open = quote {
        if character == open { quote = nil }
      } else if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
        continue
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character == "(" {
        depth += 1
      } else if character == ")" {
        depth -= 1
      }
      guard !word.isEmpty else { continue }
      if wasOrder, word == "BY", depth == 0 { return true }
      wasOrder = word == "ORDER"
      word = ""
    }
    return false
  }
}

extension AvaticaSession {
  /// The query that reads a query's times with all their digits, if the options ask for that and
  /// it has such times. Asks the server for the columns, which executes nothing.
  func cast(_ sql: String, _ context: CallContext) throws(TernError) -> AvaticaCast? {
    guard settings.castsTimes, Self.isQuery(sql) else { return nil }
    let answer = try line.exchange(AvaticaMessages.Prepare(sql: sql), context)
    if let id = answer.id { line.closeStatement(id, context) }
    return cast(sql, answer.signature)
  }

  /// The same where the columns are known.
  func cast(_ sql: String, _ signature: AvaticaSignature) -> AvaticaCast? {
    guard settings.castsTimes, Self.isQuery(sql), let cast = AvaticaCast(sql, signature) else {
      return nil
    }
    guard !AvaticaCast.ordersRows(sql) else {
      warn(
        Warning(
          .warning,
          "timestamp_text=cast leaves a query with ORDER BY as it is: times end at milliseconds; "
            + "cast the column in the query itself"))
      return nil
    }
    return cast
  }
}
