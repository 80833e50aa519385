public import CTern
import TernCore

/// The place for an error object that every function which can fail takes last.
public typealias ErrorOut = UnsafeMutablePointer<UnsafeMutablePointer<tern_error>?>?
/// The place for a length in bytes.
public typealias LengthOut = UnsafeMutablePointer<Int64>?
/// The place for a text that the library owns.
public typealias TextOut = UnsafeMutablePointer<UnsafePointer<CChar>?>?
/// Text that the caller owns.
public typealias TextIn = UnsafePointer<CChar>?

/// Runs `body` for a C caller: every function that can fail is a call of this one.
///
/// `body` gets the object behind `handle`, kept alive for as long as it runs, and returns the code.
/// What it throws becomes the code, and an object in `errorOut` if there is such a place.
func boundary<Object: HandleObject>(
  _ handle: UnsafeRawPointer?, _ type: Object.Type, _ errorOut: ErrorOut,
  _ body: (Object) throws(TernError) -> Int32
) -> Int32 {
  guard let object = HandleTable.object(UInt(bitPattern: handle), type) else {
    return unsafe report(Code.handle, TernError.badHandle(type.kind, handle), errorOut)
  }
  return unsafe boundary(errorOut) { () throws(TernError) in try body(object) }
}

/// The same for functions without a handle.
func boundary(_ errorOut: ErrorOut, _ body: () throws(TernError) -> Int32) -> Int32 {
  do throws(TernError) {
    return try body()
  } catch {
    return unsafe report(Code.of(error), error, errorOut)
  }
}

/// Puts a new handle for `object` into the caller's place.
///
/// - Throws: `.usage` HY009 when there is no place.
func put<Object: HandleObject, Opaque>(
  _ object: Object, _ out: UnsafeMutablePointer<UnsafeMutablePointer<Opaque>?>?
) throws(TernError) {
  guard let out = unsafe out else { throw .noPlace("out") }
  let bits = unsafe try HandleTable.insert(object)
  // Sound: the caller's own place; the number is never followed.
  unsafe out.pointee = UnsafeMutablePointer(bitPattern: bits)
}

/// Makes an error object for the caller and returns the code.
func report(_ code: Int32, _ error: TernError, _ errorOut: ErrorOut) -> Int32 {
  guard let errorOut = unsafe errorOut else { return code }
  // Without room for the object the code alone has to do.
  if let bits = unsafe try? HandleTable.insert(ErrorHandle(code, error)) {
    unsafe errorOut.pointee = UnsafeMutablePointer(bitPattern: bits)
  }
  return code
}

extension TernError {
  /// A handle that is NULL, freed or of another kind.
  static func badHandle(_ kind: HandleKind, _ handle: UnsafeRawPointer?) -> TernError {
    .usage(unsafe handle == nil ? "the \(kind) is NULL" : "this is not an open \(kind)")
  }

  /// A place for an answer that may not be NULL (HY009).
  static func noPlace(_ name: String) -> TernError {
    .usage("argument \(name) is NULL", .nullArgument)
  }
}
