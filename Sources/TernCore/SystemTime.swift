private import CTern

/// The clock that people and servers read; it can jump. Waits go by `Deadline`.
public enum SystemTime {
  /// Nanoseconds since 1970-01-01 UTC.
  public static var nanoseconds: Int64 { tern_wall_nanoseconds() }
}
