/// How the values of one parameter column are written in JSON. NULL is `null` for all.
public indirect enum ValueForm: Hashable, Sendable {
  /// Booleans and integers bare; doubles bare, always with a point or exponent; decimals, texts,
  /// dates, times and intervals as canonical text in quotes, bytes as hexadecimal digits.
  ///
  /// A moment is its wall clock, without a zone.
  case standard
  /// Canonical text in quotes, whatever the type.
  case text
  /// A number with all its digits, bare; texts are checked to be one.
  case number
  /// A bare number that always has a point or exponent; integers and decimals too.
  case double
  /// A decimal in quotes, re-scaled; 22003 where it does not fit exactly.
  case decimal(precision: Int, scale: Int)
  /// Dates and timestamps as the server's own format writes them; 22008 if digits would be lost.
  case pattern(MomentPattern)
  /// Timestamps with so many digits of a fraction; 22008 if others than zeros would be lost.
  case digits(Int)
  /// Dates, times and timestamps as a whole count of units since 1970-01-01 or midnight.
  case epoch(TimeUnit)
  /// Dates as a count of days.
  case epochDays
  /// Bytes as base64 in quotes.
  case base64
  /// The form inside, in quotes.
  case quoted(ValueForm)
}
