internal import Glibc

/// The process's environment variables.
public enum ProcessEnvironment {
  /// The value of a variable, nil when it is not set.
  public static func variable(_ name: String) -> String? {
    // The value is copied at once. A host that changes its environment meanwhile breaks the rules
    // of `getenv` for every library in its process.
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
