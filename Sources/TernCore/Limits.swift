/// Named limits on what a server may send; each is tested at one below, at and one above.
public enum Limits {
  /// Nesting of a JSON document.
  public static let jsonDepthMax = 128
  /// Columns of one result.
  public static let columnCountMax = 65_536
  /// Bytes of one control reply that is held whole (not rows).
  public static let controlMessageByteCountMax = 64 << 20
  /// Bytes of one value (a text, a binary).
  public static let valueByteCountMax = 1 << 30
  /// Bytes of all headers of one HTTP message.
  public static let httpHeaderByteCountMax = 256 << 10
  /// Headers of one HTTP message.
  public static let httpHeaderCountMax = 256
  /// Bytes of one WebSocket message; Exasol results above 16 MiB are normal.
  public static let webSocketMessageByteCountMax = 1 << 30
  /// Bytes of a WebSocket control frame (RFC 6455, section 5.5).
  public static let webSocketControlByteCountMax = 125
  /// Bytes of a file that holds a key, a token or certificates.
  public static let secretFileByteCountMax = 1 << 20
  /// Bytes of a connection target as text.
  public static let targetByteCountMax = 1 << 20
  /// Hosts that one target may name, ranges expanded.
  public static let hostCountMax = 4_096
}
