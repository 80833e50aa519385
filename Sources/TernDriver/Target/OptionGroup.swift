/// Where an option is listed and who understands it.
public enum OptionGroup: Hashable, Sendable, CaseIterable {
  /// Every protocol.
  case common
  /// One protocol.
  case driver
  /// The ODBC front door only: keyword strings and data sources.
  case odbc
}
