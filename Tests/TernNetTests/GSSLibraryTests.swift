import TernCore
import Testing

@testable import TernNet

@Suite struct GSSLibraryTests {
  @Test func aMissingLibraryIsNamedWithItsPackage() {
    let error = #expect(throws: TernError.self) {
      try GSSLibrary.load(["libtern-no-such.so.9"])
    }
    #expect(error?.kind == .unsupported)
    #expect(error?.message.contains("libtern-no-such.so.9") ?? false)
    #expect(error?.message.contains("libgssapi-krb5-2") ?? false)
  }

  /// A library without the functions is none.
  @Test func anotherLibraryIsNotTakenForIt() {
    #expect(throws: TernError.self) { try GSSLibrary.load(["libm.so.6"]) }
  }
}
