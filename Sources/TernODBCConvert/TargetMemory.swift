/// Reads and writes in the application's memory, by address.
///
/// Every address comes from a binding, and ODBC obliges the application to keep memory of the C
/// type's size there, aligned or not: that is what makes these accesses sound.
enum TargetMemory {
  /// Writes a value; nothing at null.
  @inline(__always)
  static func store<Value: BitwiseCopyable>(_ value: Value, at address: UInt) {
    unsafe UnsafeMutableRawPointer(bitPattern: address)?.storeBytes(of: value, as: Value.self)
  }

  /// Copies bytes; the regions are different ones.
  @inline(__always)
  static func copy(_ bytes: UnsafeRawBufferPointer, to address: UInt) {
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address),
      let source = bytes.baseAddress
    else { return }
    unsafe start.copyMemory(from: source, byteCount: bytes.count)
  }

  /// Reads a value; nil at null.
  @inline(__always)
  static func load<Value: BitwiseCopyable>(_ type: Value.Type, at address: UInt) -> Value? {
    unsafe UnsafeRawPointer(bitPattern: address)?.loadUnaligned(as: Value.self)
  }

  /// The bytes at an address; none at null.
  @inline(__always)
  static func bytes(at address: UInt, count: Int) -> UnsafeRawBufferPointer {
    guard let start = unsafe UnsafeRawPointer(bitPattern: address), count > 0 else {
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return unsafe UnsafeRawBufferPointer(start: start, count: count)
  }
}
