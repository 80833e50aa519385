internal import Glibc

/// The password of an encrypted key on its way into OpenSSL.
final class KeyPassword {
  private let bytes: [UInt8]

  /// Keeps the password while OpenSSL reads the key.
  init(_ text: String) { bytes = Array(text.utf8) }

  /// For the callback's user data; the object must outlive the call that reads the key.
  var unretained: UnsafeMutableRawPointer {
    unsafe Unmanaged.passUnretained(self).toOpaque()
  }

  /// `pem_password_cb`: copies the password; one that does not fit counts as none.
  static let callback:
    @convention(c) (UnsafeMutablePointer<CChar>?, CInt, CInt, UnsafeMutableRawPointer?) -> CInt = {
      buffer, size, _, userData in
      guard let buffer = unsafe buffer, let userData = unsafe userData else { return 0 }
      // `userData` is `unretained` of an object that lives during the call.
      let password = unsafe Unmanaged<KeyPassword>.fromOpaque(userData).takeUnretainedValue()
      guard password.bytes.count <= Int(size) else { return 0 }
      for (index, byte) in password.bytes.enumerated() {
        unsafe buffer[index] = CChar(bitPattern: byte)
      }
      return CInt(password.bytes.count)
    }
}
