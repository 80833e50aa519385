public import TernDriver

extension DriverRegistry {
  /// The protocols of this library.
  public static let standard = DriverRegistry([]) { path throws(TernError) in
    throw .unsupported("files are not read yet: \(path)")
  }
}
