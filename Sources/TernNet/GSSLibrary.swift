internal import CTern
internal import Glibc
internal import TernCore

/// The system's Kerberos library, loaded when the first login asks for it.
///
/// Any thread. Source: RFC 2744; Avatica reference, section 4.4.
@safe final class GSSLibrary: Sendable {
  // Sound as Sendable: the functions are thread-safe, and the library is never unloaded.

  let importName: tern_gss_import_name
  let initSecContext: tern_gss_init_sec_context
  let displayStatus: tern_gss_display_status
  let releaseBuffer: tern_gss_release_buffer
  let releaseName: tern_gss_release_name
  let deleteSecContext: tern_gss_delete_sec_context

  /// MIT's and Heimdal's names of it.
  static let names = ["libgssapi_krb5.so.2", "libgssapi.so.3"]

  /// Loads the first of `names` that is there and whole.
  ///
  /// - Throws: `.unsupported` HYC00 that names what to install.
  static func load(_ names: [String] = names) throws(TernError) -> GSSLibrary {
    for name in names {
      guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else { continue }
      if let library = unsafe GSSLibrary(handle) { return library }
    }
    throw .unsupported(
      "Kerberos logins need the system's GSSAPI library, which is not installed "
        + "(\(names.joined(separator: " or ")); Debian: libgssapi-krb5-2)")
  }

  /// Finds the functions; nil if one is missing. Each is declared as RFC 2744 says, on which both
  /// libraries agree.
  @unsafe private init?(_ handle: UnsafeMutableRawPointer) {
    guard let importName = unsafe dlsym(handle, "gss_import_name"),
      let initSecContext = unsafe dlsym(handle, "gss_init_sec_context"),
      let displayStatus = unsafe dlsym(handle, "gss_display_status"),
      let releaseBuffer = unsafe dlsym(handle, "gss_release_buffer"),
      let releaseName = unsafe dlsym(handle, "gss_release_name"),
      let deleteSecContext = unsafe dlsym(handle, "gss_delete_sec_context")
    else { return nil }
    unsafe self.importName = unsafeBitCast(importName, to: tern_gss_import_name.self)
    unsafe self.initSecContext = unsafeBitCast(
      initSecContext, to: tern_gss_init_sec_context.self)
    unsafe self.displayStatus = unsafeBitCast(displayStatus, to: tern_gss_display_status.self)
    unsafe self.releaseBuffer = unsafeBitCast(releaseBuffer, to: tern_gss_release_buffer.self)
    unsafe self.releaseName = unsafeBitCast(releaseName, to: tern_gss_release_name.self)
    unsafe self.deleteSecContext = unsafeBitCast(
      deleteSecContext, to: tern_gss_delete_sec_context.self)
  }
}
