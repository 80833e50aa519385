/// How a server spells what ODBC writes as escape sequences, and how its text is scanned.
///
/// Templates name arguments as `$1`, `$2`, …, all of them as `$*`. Names are upper case.
public struct Dialect: Hashable, Sendable {
  /// Opens and closes a quoted name; doubled inside.
  public var identifierQuote: Character = "\""
  /// Another pair that quotes names, such as `[` and `]`.
  public var alternativeQuotes: [QuotePair] = []
  /// Whether a backslash escapes the next character in a string literal.
  public var hasBackslashEscapes = false
  /// Whether `$$ … $$` is a literal.
  public var hasDollarQuotes = false
  /// Whether `#` starts a comment that ends with the line.
  public var hasHashComments = false
  /// Whether `//` starts a comment that ends with the line.
  public var hasSlashComments = false
  /// `{d '…'}`, with the quoted text as `$1`; empty: leave as it is.
  public var dateLiteral = "DATE $1"
  /// `{t '…'}`.
  public var timeLiteral = "TIME $1"
  /// `{ts '…'}`.
  public var timestampLiteral = "TIMESTAMP $1"
  /// `{escape '…'}`.
  public var likeEscape = "ESCAPE $1"
  /// `{call name(args)}`, with the name as `$1` and the argument list as `$*`.
  public var call = "CALL $1($*)"
  /// `{limit n offset m}`.
  public var limit = "LIMIT $1 OFFSET $2"
  /// Scalar functions that keep their name.
  public var functions: Set<String> = []
  /// Scalar functions that are spelled differently: upper-case name (with `/n` for one argument
  /// count) to template.
  public var functionTemplates: [String: String] = [:]
  /// `CONVERT(x, SQL_T)`: `SQL_T` to a type of this server; `CAST($1 AS type)` goes around it.
  public var castTypes: [String: String] = [:]
  /// `SQL_TSI_…` to the unit that `TIMESTAMPADD` and `TIMESTAMPDIFF` templates insert as `$u`.
  public var timestampUnits: [String: String] = [:]
  /// What stands before the table's name to add rows.
  public var insert = "INSERT INTO"
  /// Types of the columns of new tables; nil where columns alone make no table.
  public var columnTypes: ColumnTypeNames? = ColumnTypeNames()

  /// A plain SQL-92 dialect.
  public init() {}

  /// Whether a backslash escapes the next character between two `quote`: in texts, not in names.
  public func hasBackslashEscapes(between quote: UInt8) -> Bool {
    hasBackslashEscapes
      && (quote == UInt8(ascii: "'")
        || (quote == UInt8(ascii: "\"") && identifierQuote.asciiValue != quote))
  }

  /// `name` quoted, whatever it holds.
  public func quoted(_ name: String) -> String {
    Self.enclosed(name, in: identifierQuote)
  }

  /// `text` between two quotes, those inside doubled.
  public static func enclosed(_ text: String, in quote: Character) -> String {
    let mark = String(quote)
    var result = mark
    for scalar in text.unicodeScalars {
      result.unicodeScalars.append(scalar)
      if String(scalar) == mark { result += mark }
    }
    return result + mark
  }
}

/// Two characters around a quoted name.
public struct QuotePair: Hashable, Sendable {
  /// In front.
  public var open: Character
  /// Behind.
  public var close: Character

  /// Makes a pair.
  public init(open: Character, close: Character) {
    self.open = open
    self.close = close
  }
}
