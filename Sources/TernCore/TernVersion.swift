/// The version of this library.
public enum TernVersion {
  /// `major.minor.patch`.
  public static let text = "1.0.0"
  /// `major * 1 000 000 + minor * 1 000 + patch`.
  public static let number: Int32 = 1_000_000
}
