public import CTern
import TernCore
import TernDriver

/// Connects and logs in.
///
/// `target` is a URI (`exasol://user:password@host/SCHEMA`) or a keyword string
/// (`Protocol=exasol;Server=host;UID=user;PWD=password`) of `length` bytes, -1 up to the NUL.
/// `*out` gets a connection to free with tern_connection_free; it stays untouched on failure.
/// Blocks for at most `login_timeout` (30 s by default). TERN_ERROR_CONNECTION if no host could be
/// reached, TERN_ERROR_AUTHENTICATION if the login was refused, TERN_ERROR_TIMEOUT,
/// TERN_ERROR_USAGE for a target that makes no sense or a NULL argument. Any thread.
@_cdecl("tern_connect")
public func tern_connect(
  _ target: TextIn, _ length: Int64,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_connection>?>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(error) { () throws(TernError) in
    unsafe try connect(try parse(try text(target, length, "target")), out)
  }
}

/// Changes a setting of an open connection.
///
/// `key` is NUL-terminated: `autocommit`, `catalog`, `schema`, `isolation`, `read_only`, what new
/// statements start with (`query_timeout` in seconds, `max_rows`, `batch_rows`, `batch_bytes`,
/// `prefetch_batches`, `parallel` and others), or a setting of the protocol. `value` has `length`
/// bytes, -1 up to the NUL. Switching autocommit on commits. Blocks for a round trip where the
/// server must be asked. TERN_ERROR_USAGE for an unknown key, one that is fixed at login, or a
/// value that is not allowed. One call at a time per connection; others wait.
@_cdecl("tern_connection_set")
public func tern_connection_set(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ key: TextIn, _ value: TextIn,
  _ length: Int64, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    unsafe try handle.connection.set(try text(key, "key"), to: try text(value, length, "value"))
    return Code.ok
  }
}

/// Changes a setting whose value is a number, or 0 and 1 for off and on.
///
/// As tern_connection_set otherwise.
@_cdecl("tern_connection_set_int")
public func tern_connection_set_int(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ key: TextIn, _ value: Int64,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    unsafe try handle.connection.set(try text(key, "key"), to: "\(value)")
    return Code.ok
  }
}

/// A setting as it is now, or a fact about the session.
///
/// `key` is a name that tern_target_key lists, or one of `product_name`, `product_version`,
/// `server_name`, `user_name`, `session_id`. `catalog`, `schema`, `autocommit`, `isolation` and
/// `read_only` are as the server last reported them. `*value` is empty where nothing is known; it
/// lives until the next get of this key or until the connection is freed; `value` and `length` may
/// be NULL. TERN_ERROR_USAGE for an unknown key and for secrets. No round trip. One call at a time
/// per connection; others wait.
@_cdecl("tern_connection_get")
public func tern_connection_get(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ key: TextIn, _ value: TextOut,
  _ length: LengthOut, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    let name = unsafe try text(key, "key")
    let found = try handle.connection.text(name)
    unsafe handle.keep(found, for: name).put(value, length)
    return Code.ok
  }
}

/// Whether the connection can still be used, as far as is known without a round trip: 1 or 0.
///
/// 0 also if `connection` is no open connection. Any thread, at any time.
@_cdecl("tern_connection_is_alive")
public func tern_connection_is_alive(
  _ connection: UnsafeMutablePointer<tern_connection>?
) -> Int32 {
  guard let handle = unsafe connectionHandle(connection) else { return 0 }
  return handle.connection.isAlive ? 1 : 0
}

/// Proves with a round trip that the server answers.
///
/// TERN_ERROR_CONNECTION if it does not: the connection is dead then. One call at a time per
/// connection; others wait.
@_cdecl("tern_ping")
public func tern_ping(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    try handle.connection.ping()
    return Code.ok
  }
}

/// Commits what was done since the last commit or rollback.
///
/// Results that the server closes at the end of a transaction fail on their next fetch.
/// TERN_ERROR_USAGE (25000) while autocommit is on. One call at a time per connection; others wait.
@_cdecl("tern_commit")
public func tern_commit(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    try handle.connection.commit()
    return Code.ok
  }
}

/// Takes back what was done since the last commit or rollback.
///
/// As tern_commit otherwise.
@_cdecl("tern_rollback")
public func tern_rollback(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    try handle.connection.rollback()
    return Code.ok
  }
}

/// Ends whatever runs on a connection: its call returns TERN_ERROR_CANCELLED.
///
/// TERN_OK also if nothing ran; the next call is not touched. The connection stays usable unless
/// that call's error says otherwise. TERN_ERROR_HANDLE if `connection` is no open connection. Any
/// thread, at any time; never blocks.
@_cdecl("tern_cancel")
public func tern_cancel(_ connection: UnsafeMutablePointer<tern_connection>?) -> Int32 {
  guard let handle = unsafe connectionHandle(connection) else { return Code.handle }
  handle.connection.cancel()
  return Code.ok
}

/// Takes the oldest note that calls on this connection left beside their success.
///
/// `*sqlstate` is a code of class 01, `*message` has `*length` bytes; each place may be NULL. Both
/// texts live until the next call of this function on the connection. TERN_DONE if there is none.
/// One call at a time per connection.
@_cdecl("tern_warning_take")
public func tern_warning_take(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ sqlstate: TextOut, _ message: TextOut,
  _ length: LengthOut, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    guard let warning = handle.takeWarning() else { return Code.done }
    unsafe warning.sqlState.put(sqlstate, nil)
    unsafe warning.message.put(message, length)
    return Code.ok
  }
}

/// Rolls back what is open, says goodbye and frees a connection.
///
/// Its statements and results stay valid handles: freeing them is still needed, fetching from them
/// fails. Blocks for at most two seconds. NULL is fine, and so is a connection that was freed
/// before. Any thread.
@_cdecl("tern_connection_free")
public func tern_connection_free(_ connection: UnsafeMutablePointer<tern_connection>?) {
  let handle = HandleTable.remove(UInt(bitPattern: connection), ConnectionHandle.self)
  handle?.connection.close()
}

private func connectionHandle(
  _ connection: UnsafeMutablePointer<tern_connection>?
) -> ConnectionHandle? {
  HandleTable.object(UInt(bitPattern: connection), ConnectionHandle.self)
}
