import Glibc
import TernCore
import Testing

@testable import TernNet

@Suite struct SmallFileTests {
  private func withDirectory(_ body: (String) throws -> Void) rethrows {
    var template = Array("/tmp/tern-file-XXXXXX".utf8CString)
    _ = unsafe mkdtemp(&template)
    let path = String(
      decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      unsafe unlink(path + "/token")
      unsafe rmdir(path)
    }
    try body(path)
  }

  @Test func aPrivateFileIsForItsOwnerAlone() throws {
    try withDirectory { directory in
      let path = directory + "/token"
      try SmallFile.writePrivate(path, [1, 2, 3])
      try SmallFile.writePrivate(path, [4])
      #expect(try SmallFile.readPrivate(path) == [4])
      var status = stat()
      _ = unsafe stat(path, &status)
      #expect(status.st_mode & 0o777 == 0o600)
      _ = unsafe chmod(path, 0o644)
      #expect(throws: TernError.self) { try SmallFile.readPrivate(path) }
      #expect(try SmallFile.read(path) == [4])
      #expect(try SmallFile.readPrivate(directory + "/none") == nil)
      #expect(try SmallFile.readPrivate(path + "/none") == nil)
    }
  }

  @Test func aPipeIsReadToItsEndWhenItsWriterComes() throws {
    try withDirectory { directory in
      let path = directory + "/token"
      #expect(unsafe mkfifo(path, 0o600) == 0)
      let writer = try WorkerThread.start("writer") {
        // Opens when the reader has: it finds no bytes, and no writer before.
        let descriptor = unsafe open(path, O_WRONLY)
        for piece in ["sec", "ret"] { _ = unsafe write(descriptor, piece, 3) }
        close(descriptor)
      }
      #expect(try SmallFile.read(path) == Array("secret".utf8))
      writer.join()
    }
  }

  @Test func aPrivateFileIsNoLinkAndNoFolder() {
    withDirectory { directory in
      let path = directory + "/token"
      _ = unsafe symlink("/etc/hostname", path)
      #expect(throws: TernError.self) { try SmallFile.readPrivate(path) }
      #expect(throws: TernError.self) { try SmallFile.readPrivate(directory) }
    }
  }

  @Test func aPrivateFolderIsMadeWithThoseAboveIt() throws {
    try withDirectory { directory in
      let inner = directory + "/a/b"
      defer {
        unsafe rmdir(inner)
        unsafe rmdir(directory + "/a")
      }
      try SmallFile.makePrivateFolder(inner)
      try SmallFile.makePrivateFolder(inner)
      var status = stat()
      _ = unsafe stat(directory + "/a", &status)
      #expect(status.st_mode & 0o777 == 0o700)
      _ = unsafe chmod(inner, 0o770)
      #expect(throws: TernError.self) { try SmallFile.makePrivateFolder(inner) }
      #expect(throws: TernError.self) { try SmallFile.makePrivateFolder("/dev/null/x") }
    }
  }

  @Test func lengthsAreLimited() throws {
    try withDirectory { directory in
      let path = directory + "/token"
      try SmallFile.writePrivate(path, [1, 2, 3])
      #expect(try SmallFile.read(path, byteCountMax: 3).count == 3)
      #expect(throws: TernError.self) { try SmallFile.read(path, byteCountMax: 2) }
    }
  }

  @Test(arguments: ["/nowhere/x", "", "a\0b", "/tmp"])
  func namesWhatCannotBeRead(path: String) {
    #expect(throws: TernError.self) { try SmallFile.read(path) }
  }

  @Test func knowsTheProcess() {
    #expect(!ProcessFacts.userName.isEmpty && !ProcessFacts.programName.isEmpty)
    #expect(ProcessFacts.system.hasPrefix("Linux "))
    #expect(ProcessFacts.processID == getpid() && ProcessFacts.processorCount > 0)
    #expect(RandomBytes.make(300).count == 300)
    #expect(RandomBytes.make(16) != RandomBytes.make(16))
  }
}
