import Tern
import TernCore
import TernDriver

/// The release, such as `1.0.0`.
///
/// Never NULL; lives as long as the library. Any thread.
@_cdecl("tern_version")
public func tern_version() -> UnsafePointer<CChar>? { unsafe staticText("1.0.0") }

/// The release as a number: major * 1000000 + minor * 1000 + patch.
///
/// A program compares it with TERN_VERSION_NUMBER, the number of the header it was compiled with:
/// an equal major number and a number at least as large can serve it. Any thread.
@_cdecl("tern_version_number")
public func tern_version_number() -> Int32 { TernVersion.number }

/// Whether this build has a feature: a protocol (`exasol`), `tls`, `arrow`, `partitions`.
///
/// `feature` is NUL-terminated. Returns 1 or 0; 0 for NULL and for words it does not know. Any
/// thread.
@_cdecl("tern_has")
public func tern_has(_ feature: TextIn) -> Int32 {
  guard let name = unsafe try? text(feature, "feature") else { return 0 }
  let protocols = Library.registry.drivers.map { $0.grammar.scheme }
  return Library.features.contains(name) || protocols.contains(name) ? 1 : 0
}
