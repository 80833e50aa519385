public import CTern
import TernCore

/// The number of an error, one of enum tern_code below 0.
///
/// The same number as the failed function returned. TERN_ERROR_HANDLE if `error` is no error. Any
/// thread.
@_cdecl("tern_error_code")
public func tern_error_code(_ error: UnsafePointer<tern_error>?) -> Int32 {
  unsafe errorHandle(error)?.code ?? Code.handle
}

/// The SQLSTATE of an error: always five characters.
///
/// Lives as long as `error`; empty if that is no error. Any thread.
@_cdecl("tern_error_sqlstate")
public func tern_error_sqlstate(_ error: UnsafePointer<tern_error>?) -> UnsafePointer<CChar>? {
  unsafe (errorHandle(error)?.sqlState ?? CText.empty).start
}

/// The server's own number of an error; 0 if it gave none, or if `error` is no error.
///
/// Any thread.
@_cdecl("tern_error_vendor_code")
public func tern_error_vendor_code(_ error: UnsafePointer<tern_error>?) -> Int32 {
  unsafe errorHandle(error)?.error.vendorCode ?? 0
}

/// What happened, where, and what can be done, in UTF-8; never a secret.
///
/// `length` may be NULL, else it gets the bytes without the NUL. The text lives as long as `error`;
/// it is empty if that is no error. Any thread.
@_cdecl("tern_error_message")
public func tern_error_message(
  _ error: UnsafePointer<tern_error>?, _ length: LengthOut
) -> UnsafePointer<CChar>? {
  unsafe (errorHandle(error)?.message ?? CText.empty).put(length)
}

/// The server's id of the statement that failed; empty if it gave none.
///
/// As tern_error_message.
@_cdecl("tern_error_query_id")
public func tern_error_query_id(
  _ error: UnsafePointer<tern_error>?, _ length: LengthOut
) -> UnsafePointer<CChar>? {
  unsafe (errorHandle(error)?.queryID ?? CText.empty).put(length)
}

/// Whether the same call may be made again: 1 only if the failed one had no effect for certain.
///
/// That is so if no byte of the request had left the process, or if the server rolled the whole
/// transaction back (SQLSTATE 40001). Any thread.
@_cdecl("tern_error_is_retryable")
public func tern_error_is_retryable(_ error: UnsafePointer<tern_error>?) -> Int32 {
  unsafe errorHandle(error)?.error.isRetryable == true ? 1 : 0
}

/// Frees an error. NULL is fine, and so is an error that was freed before.
///
/// Any thread.
@_cdecl("tern_error_free")
public func tern_error_free(_ error: UnsafeMutablePointer<tern_error>?) {
  _ = HandleTable.remove(UInt(bitPattern: error), ErrorHandle.self)
}

/// The name of a code, such as `TERN_ERROR_TIMEOUT`; `TERN_UNKNOWN_CODE` for other numbers.
///
/// Never NULL; lives as long as the library. Any thread.
@_cdecl("tern_code_name")
public func tern_code_name(_ code: Int32) -> UnsafePointer<CChar>? {
  unsafe staticText(Code.name(code))
}

private func errorHandle(_ error: UnsafePointer<tern_error>?) -> ErrorHandle? {
  HandleTable.object(UInt(bitPattern: error), ErrorHandle.self)
}
