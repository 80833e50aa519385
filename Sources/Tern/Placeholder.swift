import TernCore
public import TernDriver

/// The protocols of this library.
public let registry = DriverRegistry([]) { path throws(TernError) in
  throw .unsupported("reading \(path)")
}
