public import CTern
import TernCore
import TernDriver

/// Reads a target without connecting.
///
/// `target` is a URI (`exasol://user@host/SCHEMA`) or a keyword string
/// (`Protocol=exasol;Server=host`); it may be empty, and options set by tern_target_set win over
/// it. `length` counts bytes, -1 up to the NUL. `*out` gets a target to free with
/// tern_target_free, and stays untouched on failure. TERN_ERROR_USAGE names what is wrong; it never
/// shows a secret. Any thread.
@_cdecl("tern_target_new")
public func tern_target_new(
  _ target: TextIn, _ length: Int64,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_target>?>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(error) { () throws(TernError) in
    let parsed = unsafe try parse(try text(target, length, "target"))
    unsafe try put(TargetHandle(parsed), out)
    return Code.ok
  }
}

/// Sets an option, or sets it again.
///
/// `key` is NUL-terminated: a name that tern_target_key lists, or `uri` for a whole URI. `value`
/// has `length` bytes, -1 up to the NUL; both are copied. TERN_ERROR_USAGE for an unknown key, with
/// the nearest known one, or for a value that is not allowed: nothing changes then. One thread at a
/// time per target.
@_cdecl("tern_target_set")
public func tern_target_set(
  _ target: UnsafeMutablePointer<tern_target>?, _ key: TextIn, _ value: TextIn, _ length: Int64,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(target, TargetHandle.self, error) { handle throws(TernError) in
    unsafe try handle.set(try text(key, "key"), try text(value, length, "value"))
    return Code.ok
  }
}

/// The value of an option as text: what was set, or its default, or empty text.
///
/// `*value` lives until the next get of this key or until the target is freed; `value` and
/// `length` may be NULL. TERN_ERROR_USAGE for an unknown key and for secrets, which are never given
/// back. One thread at a time per target.
@_cdecl("tern_target_get")
public func tern_target_get(
  _ target: UnsafePointer<tern_target>?, _ key: TextIn, _ value: TextOut, _ length: LengthOut,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(target, TargetHandle.self, error) { handle throws(TernError) in
    let name = unsafe try text(key, "key")
    let found = try handle.current.text(name) ?? ""
    unsafe handle.keep(found, for: name).put(value, length)
    return Code.ok
  }
}

/// The options there are, one after the other: `index` counts from 0.
///
/// `*key` gets the name, `*description` a line with protocol, meaning, default and `secret`; either
/// may be NULL, both live as long as the library. TERN_DONE after the last option and for a
/// negative index. A name that ends in a dot and capitals (`session.NAME`) stands for all names
/// that begin so. Any thread.
@_cdecl("tern_target_key")
public func tern_target_key(_ index: Int32, _ key: TextOut, _ description: TextOut) -> Int32 {
  guard index >= 0, Int(index) < Library.options.count else { return Code.done }
  let option = Library.options[Int(index)]
  unsafe option.name.put(key, nil)
  unsafe option.description.put(description, nil)
  return Code.ok
}

/// Connects and logs in; the target may be used again or freed.
///
/// As tern_connect otherwise.
@_cdecl("tern_target_connect")
public func tern_target_connect(
  _ target: UnsafePointer<tern_target>?,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_connection>?>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(target, TargetHandle.self, error) { handle throws(TernError) in
    unsafe try connect(handle.current, out)
  }
}

/// Frees a target. NULL is fine, and so is a target that was freed before.
///
/// Any thread.
@_cdecl("tern_target_free")
public func tern_target_free(_ target: UnsafeMutablePointer<tern_target>?) {
  _ = HandleTable.remove(UInt(bitPattern: target), TargetHandle.self)
}

/// A target from text, which may be empty.
func parse(_ text: String) throws(TernError) -> ConnectionTarget {
  if text.isEmpty { return ConnectionTarget(registry: Library.registry) }
  return try ConnectionTarget(parsing: text, registry: Library.registry)
}

/// Opens a connection for the caller.
func connect(
  _ target: ConnectionTarget,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_connection>?>?
) throws(TernError) -> Int32 {
  // Before the network: a caller without a place would wait for nothing.
  guard unsafe out != nil else { throw .noPlace("out") }
  unsafe try put(ConnectionHandle(try Connection(target)), out)
  return Code.ok
}
