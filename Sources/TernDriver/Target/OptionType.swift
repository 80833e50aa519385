/// What the value of an option may look like.
public enum OptionType: Hashable, Sendable {
  /// `on` or `off`, also `true|false`, `yes|no`, `1|0`.
  case bool
  /// Seconds with an optional fraction, or a number with `ms`, `s`, `m` or `h`; 0 means none.
  case duration
  /// Bytes, or a number with `k`, `M` or `G`, powers of 1024.
  case size
  /// A whole number from 0.
  case count
  /// A count, or one of these words.
  case countOr([String])
  /// Any text.
  case text
  /// Text that may be kept in a file: `@/path` reads it, `@@` is a literal `@`.
  case textOrFile
  /// The name of a file or folder.
  case path
  /// Texts between commas.
  case list
  /// One of these words, compared without regard to case.
  case choice([String])
  /// One of the schemes that the registry knows.
  case scheme
  /// Hosts as in a URI: names, addresses, ranges, with port and pin.
  case hosts
  /// 1 to 65535.
  case port
  /// A certificate's SHA-256 as 64 hexadecimal digits; colons between them are dropped.
  case fingerprint
}
