import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

/// PUT and GET with a stage that is a folder of this machine (section 7.2).
@Suite struct FileTransferTests {
  let bed: FileBed

  init() throws { bed = try FileBed() }

  private func inflated(_ bytes: [UInt8]?) throws -> String {
    let source = Inflater(ArraySource(try #require(bytes)), .gzip)
    return String(
      decoding: try ByteCollector.all(of: source, byteCountMax: 1 << 26), as: UTF8.self)
  }

  @Test func filesGoToAStageAndComeBack() throws {
    try bed.write("in/a.csv", "1,x\n")
    try bed.write("in/b.csv", "")
    try bed.write("in/c.txt", "no")
    try bed.write("in/d.csv/inner", "a folder")
    let pattern = bed.path("in/*.csv")
    let rows = try bed.run(
      "PUT file://\(pattern) @s AUTO_COMPRESS=FALSE",
      [bed.upload(pattern, bed.local("stage/deep"))])
    #expect(rows.map { $0["source"] } == ["a.csv", "b.csv"])
    #expect(
      rows[0] == [
        "source": "a.csv", "target": "a.csv", "source_size": "4", "target_size": "4",
        "source_compression": "NONE", "target_compression": "NONE", "status": "UPLOADED",
        "message": "",
      ])
    #expect(bed.read("stage/deep/a.csv") == Array("1,x\n".utf8))
    #expect(bed.names("stage/deep") == ["a.csv", "b.csv"])

    let got = try bed.run(
      "GET @s file://\(bed.path("out/new"))/",
      [bed.download(bed.path("out/new"), ["deep/a.csv", "deep/b.csv"], bed.local("stage"))])
    #expect(
      got == [
        ["file": "a.csv", "size": "4", "status": "DOWNLOADED", "message": ""],
        ["file": "b.csv", "size": "0", "status": "DOWNLOADED", "message": ""],
      ])
    #expect(bed.read("out/new/a.csv") == Array("1,x\n".utf8))
    #expect(bed.names("out/new") == ["a.csv", "b.csv"])
    let facts = try FileManager.default.attributesOfItem(atPath: bed.path("out/new/a.csv"))
    #expect(facts[.posixPermissions] as? Int == 0o600)
  }

  @Test func plainFilesArePackedOnTheWay() throws {
    let text = String(repeating: "0123456789\n", count: 100_000)
    try bed.write("big.csv", text)
    let rows = try bed.run(
      "PUT file://\(bed.path("big.csv")) @s",
      [bed.upload(bed.path("big.csv"), bed.local("stage"), ["autoCompress": true])])
    #expect(rows[0]["target"] == "big.csv.gz")
    #expect(rows[0]["target_compression"] == "GZIP")
    let packed = bed.read("stage/big.csv.gz")
    #expect(rows[0]["target_size"] == "\(packed?.count ?? 0)")
    #expect(try inflated(packed) == text)
    // What is packed already stays as it is, under its own name.
    try bed.write("again", try #require(packed))
    let again = try bed.run(
      "PUT file://\(bed.path("again")) @s",
      [bed.upload(bed.path("again"), bed.local("stage"), ["autoCompress": true])])
    #expect(again[0]["target"] == "again")
    #expect(again[0]["source_compression"] == "GZIP")
    #expect(bed.read("stage/again") == packed)
  }

  @Test func filesThatAreThereStayUnlessToBeReplaced() throws {
    try bed.write("a.csv", "new")
    try bed.write("stage/a.csv", "old")
    let path = bed.path("a.csv")
    let kept = try bed.run("PUT file://\(path) @s", [bed.upload(path, bed.local("stage"))])
    #expect(kept[0]["status"] == "SKIPPED")
    #expect(kept[0]["target_size"] == "0")
    #expect(bed.read("stage/a.csv") == Array("old".utf8))
    let put = try bed.run(
      "PUT file://\(path) @s OVERWRITE=TRUE",
      [bed.upload(path, bed.local("stage"), ["overwrite": true])])
    #expect(put[0]["status"] == "UPLOADED")
    #expect(bed.read("stage/a.csv") == Array("new".utf8))
    #expect(bed.names("stage") == ["a.csv"])
  }

  @Test func aFileThatFailsIsARowUnlessTheFirstFailureEndsItAll() throws {
    try bed.write("in/a.csv", "a")
    try bed.write("in/b.xz", "b")
    try bed.write("stage/c.csv", "c")
    let pattern = bed.path("in/*")
    let order = bed.upload(pattern, bed.local("stage"))
    let rows = try bed.run("PUT file://\(pattern) @s", [order])
    #expect(rows.map { $0["status"] } == ["UPLOADED", "ERROR"])
    #expect(rows[1]["message"]?.contains("looks like XZ") == true)
    let error = #expect(throws: TernError.self) {
      try bed.run("PUT file://\(pattern) @s", [order], bed.settings { $0.putEndsAtFailure = true })
    }
    #expect(error?.message.hasPrefix("PUT b.xz: ") == true)

    let missing = bed.download(bed.path("out"), ["c.csv", "none.csv"], bed.local("stage"))
    let got = try bed.run("GET @s file://\(bed.path("out"))", [missing])
    #expect(got.map { $0["status"] } == ["DOWNLOADED", "ERROR"])
    #expect(got[1]["size"] == "0")
    #expect(bed.names("out") == ["c.csv"])
    #expect(throws: TernError.self) {
      try bed.run(
        "GET @s file://\(bed.path("out"))", [missing], bed.settings { $0.getEndsAtFailure = true })
    }
  }

  @Test func filesOfOneNameDoNotOverwriteEachOther() throws {
    try bed.write("stage/x/a.csv", "1")
    try bed.write("stage/y/a.csv", "2")
    try bed.write("stage/b.csv", "3")
    let rows = try bed.run(
      "GET @s file://\(bed.path("out"))",
      [bed.download(bed.path("out"), ["x/a.csv", "y/a.csv", "b.csv"], bed.local("stage"))])
    #expect(rows.map { $0["status"] } == ["ERROR", "ERROR", "DOWNLOADED"])
    #expect(bed.names("out") == ["b.csv"])
  }

  @Test func nothingToPutIsAnErrorBeforeTheServerIsAsked() throws {
    try bed.write("in/x", "")
    for path in ["none.csv", "in/*.csv", "in", "none/a.csv"] {
      let error = #expect(throws: TernError.self) {
        try bed.run(
          "PUT file://\(bed.path(path)) @s", [bed.upload(bed.path(path), bed.local("stage"))])
      }
      #expect(error?.kind == .data)
    }
    #expect(bed.asked.withLock { $0 }.isEmpty)
  }

  @Test func unknownCompressionsAreErrorsOfTheFile() throws {
    try bed.write("a.csv", "a")
    let path = bed.path("a.csv")
    let rows = try bed.run(
      "PUT file://\(path) @s",
      [bed.upload(path, bed.local("stage"), ["sourceCompression": "lz77"])])
    #expect(rows[0]["status"] == "ERROR")
    let told = try bed.run(
      "PUT file://\(path) @s",
      [bed.upload(path, bed.local("stage"), ["sourceCompression": "zstd", "autoCompress": true])])
    #expect(told[0]["target"] == "a.csv")
    #expect(told[0]["target_compression"] == "ZSTD")
  }

  @Test func encryptionIsAColumnIfTheServerWantsIt() throws {
    try bed.write("a.csv", "a")
    let path = bed.path("a.csv")
    let rows = try bed.run(
      "PUT file://\(path) @s",
      [
        bed.upload(
          path, bed.s3(),
          ["clientShowEncryptionParameter": true, "encryptionMaterial": FileBed.material(16)])
      ])
    #expect(rows[0]["encryption"] == "ENCRYPTED")
    #expect(rows[0]["target_size"] == "16")
  }

  @Test func aCancelledTransferStopsAtOnce() throws {
    try bed.write("a.csv", "a")
    bed.store.fail(.hang)
    let context = CallContext(deadline: patience.deadline, cancelToken: CancelToken())
    let service = bed.service
    let canceller = try WorkerThread.start("canceller") {
      try? service.waitForRequests(1)
      context.cancelToken.cancel()
    }
    let path = bed.path("a.csv")
    let error = #expect(throws: TernError.self) {
      try bed.run("PUT file://\(path) @s", [bed.upload(path, bed.s3())], nil, context)
    }
    canceller.join()
    #expect(error?.kind == .cancelled)
  }

  /// trap 4: half of a file, then silence.
  @Test(arguments: [true, false]) func trap4ACancelEndsATransferInItsMiddle(isPut: Bool) throws {
    try bed.write("a.csv", [UInt8](repeating: 7, count: 100_000))
    let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8)
    let service = try ScriptedService { request in
      request.query.keys.contains("uploads")
        ? .status(200, "<UploadId>1</UploadId>")
        : (isPut || request.method == "DELETE" ? .hang : .rawThenHang(head))
    }
    var stage = bed.s3()
    stage["endPoint"] = "http://127.0.0.1:\(service.port)"
    let context = CallContext(deadline: patience.deadline, cancelToken: CancelToken())
    let canceller = try WorkerThread.start("canceller") {
      try? service.waitForRequests(isPut ? 3 : 1)
      context.cancelToken.cancel()
    }
    let path = bed.path("a.csv")
    let error = #expect(throws: TernError.self) {
      if isPut {
        try bed.run(
          "PUT file://\(path) @s",
          [bed.upload(path, stage, ["overwrite": true, "threshold": 5_000])], nil, context)
      } else {
        try bed.run(
          "GET @s file://\(bed.path("out"))", [bed.download(bed.path("out"), ["a"], stage)], nil,
          context)
      }
    }
    canceller.join()
    #expect(error?.kind == .cancelled)
    #expect(bed.names("out").isEmpty)
  }
}
