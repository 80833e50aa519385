/// How the values of one column are written in JSON.
///
/// With the type of the column it says how to read them. NULL is `null` for all.
public indirect enum ColumnFormat: Hashable, Sendable {
  /// The form that most servers use for the type; numbers are taken with and without quotes.
  ///
  /// Booleans also as 0, 1 and in quotes. Decimals with any number of digits behind the point that
  /// the column can hold. Text: strings, and any other value as the document spells it. Binary:
  /// hexadecimal. Dates `YYYY-MM-DD`, times `HH:MM:SS[.f]`, timestamps `YYYY-MM-DD HH:MM:SS[.f]`
  /// with `T` and a zone tolerated, intervals `+Y-MM` and `+D HH:MM:SS[.f]`. Lists, structures and
  /// maps as arrays of such values.
  case standard
  /// Text columns: every value, strings too, as the document spells it.
  case json
  /// Text columns: strings as they are, but for one that starts with U+0001: hexadecimal digits of
  /// its UTF-8 follow. For servers whose JSON cannot hold every text.
  case textOrHex
  /// Dates and timestamps: as `standard`, but one with a zero for year, month or day is NULL.
  case zeroIsNull
  /// Binary columns: base64 with padding (RFC 4648, section 4).
  case base64
  /// Binary columns: the bytes of the string itself.
  case plainBytes
  /// Binary columns: the text of a UUID, dashes or not.
  case uuid
  /// Dates: a count of days since 1970-01-01.
  case epochDays
  /// Times and timestamps: a count of units since midnight or 1970-01-01.
  case epoch(TimeUnit)
  /// Times and timestamps: seconds with a fraction, signed as a whole.
  case epochSeconds
  /// Timestamps: the same in UTC, a blank, and the offset in minutes plus 1440.
  case epochSecondsAndOffset
  /// Timestamps: a decimal without its point holds the same in units of its last digit, times 2^14,
  /// plus the offset in minutes plus 1440.
  case packedSecondsAndOffset
  /// Text columns: a decimal number of any exponent, brought into one form.
  case scientific
  /// Text columns: a count of months, shown as years and months.
  case monthCount
  /// Nested columns: a string that holds the JSON of the value.
  case document(ColumnFormat)
  /// Interval columns of months, days and nanoseconds: a count of nanoseconds.
  case epochNanoseconds
  /// Dates and timestamps: as a server's own format writes them.
  case pattern(MomentPattern)
  /// Lists and maps: how their elements are written.
  case list(ColumnFormat)
  /// Structures: how each field is written.
  case structure([ColumnFormat])

  /// How the columns inside are written.
  func child(_ index: Int) -> ColumnFormat {
    switch self {
    case .list(let element): element
    case .structure(let fields): fields.indices.contains(index) ? fields[index] : .standard
    default: .standard
    }
  }
}
