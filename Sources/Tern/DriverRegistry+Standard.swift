internal import TernAvatica
public import TernDriver
internal import TernExasol
internal import TernMaxScale
internal import TernNet

extension DriverRegistry {
  /// The protocols of this library.
  public static let standard = DriverRegistry([
    ExasolDriver.self, AvaticaDriver.self, MaxScaleDriver.self,
  ]) { path throws(TernError) in
    try SmallFile.read(path)
  }
}
