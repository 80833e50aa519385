import Foundation
import TernCore
import TernDriver
import TernNet
import Testing

@testable import TernSnowflake

/// PUT and GET as statements of a session.
@Suite struct FileSessionTests {
  /// A session whose service also is the store; statements are answered by `order`.
  private final class Bed: Sendable {
    let files: FileBed
    let service: ScriptedService
    let session: SnowflakeSession

    init(
      _ settings: SnowflakeSettings = SnowflakeSettings(),
      _ order: @escaping @Sendable (FileBed, String) -> [UInt8]
    ) throws {
      let files = try FileBed()
      self.files = files
      service = try ScriptedService { request in
        guard request.path == ScriptedService.queries else { return files.store.answer(request) }
        return .answer(200, [], order(files, request.json["sqlText"] as? String ?? ""))
      }
      let uploads = files.settings()
      session = try service.session(
        settings, parameters: ["CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": "4"],
        uploader: SnowflakeFileUploader(uploads), files: uploads)
    }
  }

  /// An answer whose data is `order`.
  private static func answer(_ order: [String: Any]) -> [UInt8] {
    let body: [String: Any] = ["data": order, "success": true, "code": NSNull()]
    return (try? JSONSerialization.data(withJSONObject: body)).map { Array($0) } ?? []
  }

  @Test("trap 37: PUT and GET are never sent to run apart, and ask for JSON")
  func trap37FilesAreMovedAtOnce() throws {
    var settings = SnowflakeSettings()
    settings.waiting = .polled
    let bed = try Bed(settings) { files, sql in
      Self.answer(
        sql.hasPrefix("PUT")
          ? files.upload(files.path("a.csv"), files.s3())
          : files.download(files.path("out"), ["a.csv"], files.s3()))
    }
    try bed.files.write("a.csv", "1,2\n")
    #expect(
      try bed.session.results("PUT file://\(bed.files.path("a.csv")) @s") == [
        .rows([["a.csv", "a.csv", "4", "4", "NONE", "NONE", "UPLOADED", ""]])
      ])
    #expect(
      try bed.session.results("GET @s file://\(bed.files.path("out"))/") == [
        .rows([["a.csv", "4", "DOWNLOADED", ""]])
      ])
    let asked = bed.service.requests(ScriptedService.queries)
    #expect(asked.map { $0.header("Accept") } == ["application/json", "application/json"])
    #expect(asked.allSatisfy { $0.json["asyncExec"] as? Bool == false })
    // The session's token goes to the service and nowhere else.
    #expect(asked.allSatisfy { $0.token == "S1" })
    #expect(bed.files.service.requests.count == 3)
    for request in bed.files.service.requests {
      #expect(!request.headers.contains { $0.value.contains("S1") || $0.value.contains("M1") })
    }
  }

  @Test func switchedOffTheyAreNotEvenSent() throws {
    var settings = SnowflakeSettings()
    settings.allowsTransfers = false
    let bed = try Bed(settings) { files, _ in
      Self.answer(files.upload(files.path("a.csv"), files.s3()))
    }
    try bed.files.write("a.csv", "1,2\n")
    let error = #expect(throws: TernError.self) {
      try bed.session.results("PUT file://\(bed.files.path("a.csv")) @s")
    }
    #expect(error?.kind == .unsupported)
    #expect(bed.service.requests.isEmpty)
  }

  @Test(arguments: ["SELECT 1", "CALL p()", "/* PUT file:///x @s */ LIST @s", "EXECUTE PUT"])
  func orderedFilesThatNobodyAskedForAreNotTouched(sql: String) throws {
    for name in ["UPLOAD", "DOWNLOAD"] {
      let bed = try Bed { files, _ in
        var order = files.upload(files.path("a.csv"), files.s3())
        if name == "DOWNLOAD" { order = files.download(files.path("out"), ["a"], files.s3()) }
        return Self.answer(order)
      }
      try bed.files.write("a.csv", "1,2\n")
      let error = #expect(throws: TernError.self) { try bed.session.results(sql) }
      #expect(error?.message.contains(name) == true)
      #expect(bed.files.service.requests.isEmpty)
      #expect(bed.files.names() == ["a.csv"])
    }
  }

  @Test("trap 39: parameters in a stage are packed, and never from this machine's files")
  func trap39ParametersGoThroughTheStage() throws {
    let bed = try Bed { files, _ in
      Self.answer(
        files.upload(
          "/tern/1", files.s3(), ["autoCompress": true, "sourceCompression": "none"]))
    }
    try SnowflakeFileUploader(bed.files.settings { $0.root = "/nowhere" }).upload(
      Array("1,a\n".utf8), to: "@SYSTEM$BIND/r-1/1", of: bed.session, patience)
    let put = try #require(bed.service.statements.last)
    #expect(put.hasPrefix("PUT 'file:///tern/1' '@SYSTEM$BIND/r-1' "))
    let stored = try #require(bed.files.store.object("/bucket/stages/1/1.gz"))
    let source = Inflater(ArraySource(stored.body), .gzip)
    #expect(try ByteCollector.all(of: source, byteCountMax: 99) == Array("1,a\n".utf8))
  }

  @Test func failuresOfTheServerAreErrorsOfTheStatement() throws {
    let bed = try Bed { _, _ in
      Array(
        #"{"data":{"errorCode":"002003","sqlState":"02000"},"code":"002003","#.utf8)
        + Array(#""message":"Stage 'S' does not exist","success":false}"#.utf8)
    }
    try bed.files.write("a.csv", "1,2\n")
    let error = #expect(throws: TernError.self) {
      try bed.session.results("PUT file://\(bed.files.path("a.csv")) @s")
    }
    #expect(error?.vendorCode == 2_003)
  }

  @Test func statementsOfTheDriversOwnMoveNothing() throws {
    let bed = try Bed { files, _ in Self.answer(files.upload(files.path("a.csv"), files.s3())) }
    try bed.files.write("a.csv", "1,2\n")
    #expect(throws: TernError.self) {
      try bed.session.run("PUT file://\(bed.files.path("a.csv")) @s", patience)
    }
    #expect(bed.files.service.requests.isEmpty)
  }

  @Test func pathsAreNoComments() {
    #expect(SnowflakeText("PUT file:///a/*.csv ? OVERWRITE=?").markerCount == 2)
    #expect(SnowflakeText("SELECT ? // file:///a ?\n, ?").markerCount == 2)
    var dialect = Dialect()
    dialect.hasSlashComments = true
    let splitter = SQLSplitter(dialect)
    #expect(
      splitter.split("put file:///a/*.csv @s; GET @s FILE:///b;\nselect 1 // file:///c;\n;")
        == ["put file:///a/*.csv @s", "GET @s FILE:///b", "select 1 // file:///c;"])
  }
}
