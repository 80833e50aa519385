import Glibc
import TernCore

/// The caller's text as a string; -1 as length means up to the NUL.
///
/// - Throws: `.usage` HY009 for NULL, HY090 for a length below -1, `.data` 22018 for text that is
///   not UTF-8.
func text(_ start: TextIn, _ length: Int64, _ name: String) throws(TernError) -> String {
  guard let start = unsafe start else {
    if length == 0 { return "" }
    throw .noPlace(name)
  }
  let bytes = unsafe UnsafeRawPointer(start)
  let count = unsafe length == -1 ? Int64(strlen(start)) : length
  guard let text = unsafe String(validating: unsafe try buffer(bytes, count, name), as: UTF8.self)
  else {
    throw .data("argument \(name) is not valid UTF-8", .invalidCast)
  }
  return text
}

/// The caller's NUL-terminated text.
func text(_ start: TextIn, _ name: String) throws(TernError) -> String {
  guard unsafe start != nil else { throw .noPlace(name) }
  return unsafe try text(start, -1, name)
}

/// The caller's NUL-terminated text, nil for NULL.
func optionalText(_ start: TextIn, _ name: String) throws(TernError) -> String? {
  unsafe start == nil ? nil : try text(start, -1, name)
}

/// A copy of the caller's bytes.
///
/// - Throws: `.usage` HY009 for NULL with a length, HY090 for a negative length.
func copy(
  _ start: UnsafePointer<UInt8>?, _ length: Int64, _ name: String
) throws(TernError) -> [UInt8] {
  guard let start = unsafe start else {
    if length == 0 { return [] }
    throw .noPlace(name)
  }
  return unsafe Array(try buffer(UnsafeRawPointer(start), length, name))
}

/// The caller's memory as a buffer that is copied before the call returns.
private func buffer(
  _ start: UnsafeRawPointer, _ length: Int64, _ name: String
) throws(TernError) -> UnsafeRawBufferPointer {
  guard length >= 0, let count = Int(exactly: length), count < Int.max / 2 else {
    throw .usage("the length of argument \(name) is \(length)", .invalidLength)
  }
  // Sound: the caller says that so many bytes can be read there.
  return unsafe UnsafeRawBufferPointer(start: start, count: count)
}
