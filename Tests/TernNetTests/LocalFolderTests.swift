import Foundation
import TernCore
import TernNet
import Testing

@Suite struct LocalFolderTests {
  private let path = NSTemporaryDirectory() + "tern-folder-" + UUID().uuidString

  private func with(_ body: (LocalFolder) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(try LocalFolder(path, makes: true))
  }

  private func names() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  @Test func aFileAppearsWhenItIsComplete() throws {
    try with { folder in
      let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
      let file = try folder.newFile("a")
      try file.append(Array("rubbish".utf8))
      try file.startOver()
      try file.append(bytes)
      #expect(try folder.fileNames().filter { $0 == "a" }.isEmpty)
      #expect(file.byteCount == bytes.count)
      #expect(try file.publish(replaces: true))
      #expect(try folder.fileNames() == ["a"])
      let read = try folder.file("a")
      #expect(read.byteCount == bytes.count)
      for _ in 0..<2 {
        #expect(try ByteCollector.all(of: read.reader(), byteCountMax: 1 << 20) == bytes)
      }
      let facts = try FileManager.default.attributesOfItem(atPath: path + "/a")
      #expect(facts[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func aFileThatIsGivenUpLeavesNothing() throws {
    try with { folder in
      try folder.newFile("a").append([1])
      #expect(names() == [])
      // A name that is taken is kept, and the new file goes away.
      let first = try folder.newFile("a")
      try first.append([1])
      #expect(try first.publish(replaces: false))
      let second = try folder.newFile("a")
      try second.append([2])
      #expect(try !second.publish(replaces: false))
      #expect(names() == ["a"])
      let kept = try folder.file("a")
      #expect(try ByteCollector.all(of: kept.reader(), byteCountMax: 9) == [1])
    }
  }

  @Test func namesAreNamesAndNothingElse() throws {
    try with { folder in
      for name in ["", ".", "..", "a/b", "/etc/passwd", "a\0"] {
        #expect(!LocalFolder.isName(name))
        #expect(throws: TernError.self) { _ = try folder.file(name) }
        #expect(throws: TernError.self) { _ = try folder.newFile(name) }
        #expect(throws: TernError.self) { _ = try LocalFolder(in: folder, [name]) }
      }
      #expect(LocalFolder.isName("..a"))
    }
  }

  @Test func foldersAndPipesAreNoFiles() throws {
    try with { folder in
      _ = try LocalFolder(path + "/inner", makes: true)
      _ = unsafe mkfifo(path + "/pipe", 0o600)
      #expect(throws: TernError.self) { _ = try folder.file("inner") }
      #expect(throws: TernError.self) { _ = try folder.file("pipe") }
      #expect(throws: TernError.self) { _ = try folder.file("none") }
      #expect(folder.isFolder("inner"))
      #expect(folder.contains("pipe"))
      #expect(!folder.contains("none"))
      #expect(try folder.fileNames() == ["pipe"])
    }
  }

  @Test func linksAreFollowedOnlyOutsideOfARoot() throws {
    try with { folder in
      let file = try folder.newFile("a")
      _ = try file.publish(replaces: true)
      let manager = FileManager.default
      try manager.createSymbolicLink(atPath: path + "/to-a", withDestinationPath: "a")
      try manager.createSymbolicLink(atPath: path + "/up", withDestinationPath: "..")
      _ = try folder.file("to-a")
      _ = try LocalFolder(path + "/up")
      let root = try LocalFolder(below: path, [])
      _ = try root.file("a")
      #expect(throws: TernError.self) { _ = try root.file("to-a") }
      #expect(throws: TernError.self) { _ = try LocalFolder(below: path, ["up"]) }
      #expect(throws: TernError.self) { _ = try LocalFolder(below: path, [".."]) }
      _ = try LocalFolder(below: path, ["x", "y"], makes: true)
      #expect(folder.isFolder("x"))
    }
  }

  @Test func filesWithoutANameAreReadBack() throws {
    let file = try LocalFileWriter()
    try file.append([1, 2, 3])
    let read = try file.written()
    #expect(read.byteCount == 3)
    #expect(try ByteCollector.all(of: read.reader(), byteCountMax: 9) == [1, 2, 3])
    #expect(throws: TernError.self) { _ = try file.publish(replaces: true) }
  }

  @Test func digestsInPiecesAreThoseOfTheWhole() {
    let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
    let stream = DigestStream()
    for start in stride(from: 0, to: bytes.count, by: 37) {
      stream.update(Array(bytes[start..<min(start + 37, bytes.count)]))
    }
    #expect(stream.finish() == Digest.sha256.of(bytes))
    #expect(DigestStream().finish() == Digest.sha256.of([]))
  }
}
