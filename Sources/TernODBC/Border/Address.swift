/// A place in the application's memory, as a number: what a caller bound, to be used later.
///
/// Keeping the number instead of a pointer keeps everything between the border and the transfer
/// loops free of unsafe code. Zero is null.
struct Address: Hashable, Sendable {
  /// The pointer's bits.
  let bits: UInt

  /// No address.
  static let null = Address(bits: 0)

  /// Takes the bits as they are; also for integers that ODBC passes in pointer arguments.
  init(bits: UInt) { self.bits = bits }

  /// Remembers where a pointer points.
  @unsafe init(_ pointer: UnsafeRawPointer?) { bits = UInt(bitPattern: pointer) }

  /// Remembers where a pointer points.
  @unsafe init(_ pointer: UnsafeMutableRawPointer?) { bits = UInt(bitPattern: pointer) }

  /// Remembers where a pointer points.
  @unsafe init<Pointee>(_ pointer: UnsafeMutablePointer<Pointee>?) {
    bits = UInt(bitPattern: pointer)
  }

  /// Whether there is no address.
  var isNull: Bool { bits == 0 }

  /// The address `byteCount` further; null stays null. Wraps as C's pointers do.
  func advanced(by byteCount: Int) -> Address {
    isNull ? self : Address(bits: bits &+ UInt(bitPattern: byteCount))
  }

  /// The pointer again. Sound to use only while ODBC's rules oblige the caller to keep the memory.
  @unsafe var pointer: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(bitPattern: bits) }

  /// Writes a value, however it is aligned; nothing for null.
  func store<Value: BitwiseCopyable>(_ value: Value) {
    // Sound: ODBC obliges the caller to pass room for this type at every non-null address.
    unsafe pointer?.storeBytes(of: value, as: Value.self)
  }

  /// Reads a value, however it is aligned; nil for null.
  func load<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
    // Sound: as in `store`.
    unsafe pointer?.loadUnaligned(as: Value.self)
  }
}
