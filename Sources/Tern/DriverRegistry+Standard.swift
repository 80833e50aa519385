internal import TernAvatica
public import TernDriver
internal import TernExasol
internal import TernMaxScale
internal import TernNet
internal import TernSnowflake

extension DriverRegistry {
  /// The protocols of this library.
  public static let standard = DriverRegistry([
    ExasolDriver.self, AvaticaDriver.self, MaxScaleDriver.self, SnowflakeDriver.self,
  ]) { path throws(TernError) in
    try SmallFile.read(path)
  }
}
