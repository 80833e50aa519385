// Environments.
public import CODBC
import Tern

/// Changes an attribute of an environment.
@implementation @c
public func SQLSetEnvAttr(
  _ environment: SQLHENV!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onEnvironment(environment) { environment throws(TernError) in
    try environment.set(attribute, unsafe Address(value))
  }
}

/// Reads an attribute of an environment.
@implementation @c
public func SQLGetEnvAttr(
  _ environment: SQLHENV!, _ attribute: SQLINTEGER, _ value: SQLPOINTER!, _ capacity: SQLINTEGER,
  _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onEnvironment(environment) { environment throws(TernError) in
    try environment.get(attribute, unsafe Address(value), unsafe Address(length))
  }
}
