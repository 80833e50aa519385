import Foundation
import TernCore
import Testing

@testable import TernSnowflake

/// Servers that want to read or write local files that the user did not name.
@Suite struct FileHostileTests {
  let bed: FileBed

  init() throws {
    bed = try FileBed()
    try bed.write("mine/a.csv", "mine")
    try bed.write("secret/key", "secret")
  }

  private var path: String { bed.path("mine/a.csv") }

  private func expectRefused(
    _ sql: String, _ order: [String: Any], _ settings: SnowflakeFileSettings? = nil
  ) {
    #expect(throws: TernError.self) { try bed.run(sql, [order], settings) }
    #expect(bed.service.requests.isEmpty)
    #expect(bed.names("stage").isEmpty)
    #expect(bed.names("out").isEmpty)
  }

  @Test func aPutIsNotTurnedIntoAGetNorAGetIntoAPut() {
    expectRefused("PUT file://\(path) @s", bed.download(path, ["x"], bed.s3()))
    expectRefused(
      "GET @s file://\(bed.path("out"))", bed.upload(bed.path("secret/key"), bed.s3()))
    expectRefused("PUT file://\(path) @s", [:])
    // All else is as it should be.
    expectRefused(
      "PUT file://\(path) @s", bed.upload(path, bed.s3(), ["command": "DOWNLOAD"]))
    expectRefused(
      "GET @s file://\(bed.path("out"))",
      bed.download(bed.path("out"), ["a"], bed.s3(), ["command": "UPLOAD"]))
    expectRefused("SELECT 1", bed.upload(path, bed.s3()))
  }

  @Test func otherFilesThanTheStatementNamesAreRefused() {
    expectRefused("PUT file://\(path) @s", bed.upload(bed.path("secret/key"), bed.s3()))
    expectRefused("PUT file://\(path) @s", bed.upload(bed.path("*"), bed.s3()))
    expectRefused(
      "PUT file://\(path) @s",
      bed.upload(path, bed.s3(), ["src_locations": [path, bed.path("secret/key")]]))
    expectRefused("PUT file://\(path) @s", bed.upload(path, bed.s3(), ["src_locations": []]))
    expectRefused(
      "GET @s file://\(bed.path("out"))", bed.download(bed.path("secret"), ["a"], bed.s3()))
    expectRefused("GET @s file://\(bed.path("out"))", bed.download("", ["a"], bed.s3()))
  }

  @Test func renewedOrdersAreHeldToTheSame() throws {
    bed.store.fail(.status(403, "<Error><Code>ExpiredToken</Code></Error>"))
    let rows = try bed.run(
      "PUT file://\(path) @s",
      [bed.upload(path, bed.s3()), bed.upload(bed.path("secret/key"), bed.s3())])
    #expect(rows[0]["status"] == "ERROR")
    #expect(rows[0]["message"]?.contains("other local files") == true)
    #expect(bed.service.requests.count == 1)
  }

  @Test(arguments: ["../x", "a/..", ".", "", "a/", "x\0y"])
  func namesThatLeadElsewhereAreWrittenNowhere(source: String) throws {
    bed.store.state.withLock { state in
      for key in ["/bucket/stages/1/\(source)", "/bucket/stages/x"] {
        state.objects[key] = ObjectStore.Object(headers: [], body: Array("evil".utf8))
      }
    }
    let rows = try bed.run(
      "GET @s file://\(bed.path("out/deep"))",
      [bed.download(bed.path("out/deep"), [source], bed.s3())])
    // The last part of `../x` is a name like others; it lands in the folder that was named.
    if source == "../x" {
      #expect(bed.names("out") == ["deep"])
    } else {
      #expect(rows[0]["status"] == "ERROR")
      #expect(bed.names("out/deep").isEmpty)
    }
  }

  @Test func aRemoteServerHasNoFolderHereForItsStage() {
    let remote = bed.settings { $0.isServiceLocal = false }
    expectRefused("PUT file://\(path) @s", bed.upload(path, bed.local("stage")), remote)
    expectRefused(
      "GET @s file://\(bed.path("out"))",
      bed.download(bed.path("out"), ["key"], bed.local("secret")), remote)
  }

  @Test func aLocalStageIsNotLeftUpwardsNorThroughLinks() throws {
    try bed.write("stage/b.csv", "b")
    try FileManager.default.createSymbolicLink(
      atPath: bed.path("stage/link"), withDestinationPath: bed.path("secret"))
    try FileManager.default.createSymbolicLink(
      atPath: bed.path("stage/file"), withDestinationPath: bed.path("secret/key"))
    let rows = try bed.run(
      "GET @s file://\(bed.path("out"))",
      [
        bed.download(
          bed.path("out"), ["../secret/key", "link/key2", "file", "b.csv"], bed.local("stage"))
      ])
    #expect(rows.map { $0["status"] } == ["ERROR", "ERROR", "ERROR", "DOWNLOADED"])
    #expect(bed.names("out") == ["b.csv"])
  }

  @Test func linksInTheTargetAreReplacedAndNotFollowed() throws {
    try bed.write("stage/key", "new")
    try FileManager.default.createDirectory(
      atPath: bed.path("out"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: bed.path("out/key"), withDestinationPath: bed.path("secret/key"))
    _ = try bed.run(
      "GET @s file://\(bed.path("out"))",
      [bed.download(bed.path("out"), ["key"], bed.local("stage"))])
    #expect(bed.read("secret/key") == Array("secret".utf8))
    #expect(bed.read("out/key") == Array("new".utf8))
  }

  // MARK: - The root

  private var rooted: SnowflakeFileSettings { bed.settings { $0.root = bed.path("mine") } }

  @Test(arguments: [
    "secret/key", "mine/../secret/key", "mine/link/key", "mine/file", "mine2/a.csv", "mine/*/a",
  ])
  func pathsThatLeaveTheRootAreRefused(name: String) throws {
    try bed.write("mine2/a.csv", "not below")
    try FileManager.default.createSymbolicLink(
      atPath: bed.path("mine/link"), withDestinationPath: bed.path("secret"))
    try FileManager.default.createSymbolicLink(
      atPath: bed.path("mine/file"), withDestinationPath: bed.path("secret/key"))
    let path = bed.path(name)
    let rows = try? bed.run("PUT file://\(path) @s", [bed.upload(path, bed.s3())], rooted)
    // A link at the end is an error of that file.
    #expect(rows == nil || rows?.map { $0["status"] } == ["ERROR"])
    #expect(bed.service.requests.isEmpty)
  }

  @Test(arguments: ["~/a.csv", "~", "a.csv", "mine/a.csv", "../a.csv", "/"])
  func pathsFromElsewhereAreRefusedUnderARoot(path: String) {
    expectRefused("PUT file://\(path) @s", bed.upload(path, bed.s3()), rooted)
  }

  @Test func belowTheRootAllIsAsWithoutOne() throws {
    let path = bed.path("mine/./*.csv")
    let rows = try bed.run(
      "PUT file://\(path) @s", [bed.upload(path, bed.s3())],
      bed.settings { $0.root = bed.path("mine") + "/" })
    #expect(rows.map { $0["status"] } == ["UPLOADED"])
    let got = try bed.run(
      "GET @s file://\(bed.path("mine/x/y"))",
      [bed.download(bed.path("mine/x/y"), ["a.csv"], bed.s3())], rooted)
    #expect(got.map { $0["status"] } == ["DOWNLOADED"])
    #expect(bed.read("mine/x/y/a.csv") == Array("mine".utf8))
  }

  @Test func getsAndLocalStagesCannotLeaveTheRootEither() throws {
    #expect(throws: TernError.self) {
      try bed.run(
        "GET @s file://\(bed.path("out"))", [bed.download(bed.path("out"), ["a"], bed.s3())],
        rooted)
    }
    let rows = try bed.run(
      "PUT file://\(path) @s", [bed.upload(path, bed.local("stage"))], rooted)
    #expect(rows[0]["status"] == "ERROR")
    #expect(bed.names("stage").isEmpty)
    try FileManager.default.createSymbolicLink(
      atPath: bed.path("mine/link"), withDestinationPath: bed.path("secret"))
    #expect(throws: TernError.self) {
      try bed.run(
        "GET @s file://\(bed.path("mine/link"))",
        [bed.download(bed.path("mine/link"), ["a"], bed.s3())], rooted)
    }
    #expect(bed.names("secret") == ["key"])
  }
}
