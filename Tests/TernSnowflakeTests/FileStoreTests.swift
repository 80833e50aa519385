import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

/// PUT and GET with stores in the cloud, which a server on the loopback stands for.
@Suite struct FileStoreTests {
  let bed: FileBed
  private let plain = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

  init() throws {
    bed = try FileBed()
    try bed.write("a.bin", plain)
  }

  private var path: String { bed.path("a.bin") }

  private func stage(_ kind: String) -> [String: Any] {
    switch kind {
    case "S3": bed.s3()
    case "AZURE": bed.azure()
    default: bed.google()
    }
  }

  private func object(_ kind: String, _ name: String = "a.bin") -> ObjectStore.Object? {
    bed.store.object("/\(kind == "AZURE" ? "container" : "bucket")/stages/1/\(name)")
  }

  @Test(arguments: ["S3", "AZURE", "GCS"], [true, false])
  func bytesComeBackAsTheyWere(kind: String, isSealed: Bool) throws {
    let material: Any = isSealed ? FileBed.material() : NSNull()
    let rows = try bed.run(
      "PUT file://\(path) @s",
      [bed.upload(path, stage(kind), ["encryptionMaterial": material])])
    #expect(rows.map { $0["status"] } == ["UPLOADED"])
    let stored = try #require(object(kind))
    let count = isSealed ? SnowflakeFileSeal.byteCount(plain.count) : plain.count
    #expect(stored.body.count == count)
    #expect(rows[0]["target_size"] == "\(count)")
    #expect((stored.body == plain) == !isSealed)
    let digest = ["S3": "x-amz-meta-sfc-digest", "AZURE": "x-ms-meta-sfcdigest"][kind]
    #expect(
      stored.header(digest ?? "x-goog-meta-sfc-digest") == Base64.encode(Digest.sha256.of(plain)))

    let got = try bed.run(
      "GET @s file://\(bed.path("out"))",
      [
        bed.download(
          bed.path("out"), ["a.bin"], stage(kind), ["encryptionMaterial": [material]])
      ])
    #expect(got.map { $0["status"] } == ["DOWNLOADED"])
    #expect(got[0]["size"] == "\(plain.count)")
    #expect(bed.read("out/a.bin") == plain)
  }

  @Test(arguments: ["S3", "AZURE"], [true, false])
  func largeFilesGoInParts(kind: String, isSealed: Bool) throws {
    let material: Any = isSealed ? FileBed.material() : NSNull()
    let rows = try bed.run(
      "PUT file://\(path) @s",
      [
        bed.upload(
          path, stage(kind), ["encryptionMaterial": material, "threshold": 1_500, "parallel": 3])
      ])
    #expect(rows.map { $0["status"] } == ["UPLOADED"])
    let parts = bed.service.requests.filter {
      $0.query["partNumber"] != nil || $0.query["blockid"] != nil
    }
    #expect(parts.count >= 2)
    #expect(object(kind)?.body.count == Int(rows[0]["target_size"] ?? ""))
    let got = try bed.run(
      "GET @s file://\(bed.path("out"))",
      [
        bed.download(
          bed.path("out"), ["a.bin"], stage(kind), ["encryptionMaterial": [material]])
      ])
    #expect(got.map { $0["status"] } == ["DOWNLOADED"])
    #expect(bed.read("out/a.bin") == plain)
  }

  @Test func partsThatFailAreTakenBack() throws {
    bed.store.fail(.status(400, "<Error><Code>EntityTooSmall</Code></Error>")) {
      $0.query["partNumber"] == "2"
    }
    let rows = try bed.run(
      "PUT file://\(path) @s", [bed.upload(path, bed.s3(), ["threshold": 1_500])])
    #expect(rows[0]["status"] == "ERROR")
    #expect(rows[0]["message"]?.contains("EntityTooSmall") == true)
    #expect(bed.store.state.withLock { $0.dropped } == 1)
    #expect(object("S3") == nil)
  }

  @Test func anEndOfPartsThatFailsWithAGoodStatusIsTriedAgain() throws {
    bed.store.fail(.status(200, "<Error><Code>InternalError</Code></Error>")) {
      $0.method == "POST" && $0.query["uploadId"] != nil
    }
    let rows = try bed.run(
      "PUT file://\(path) @s", [bed.upload(path, bed.s3(), ["threshold": 1_500])])
    #expect(rows[0]["status"] == "UPLOADED")
    #expect(object("S3")?.body == plain)
  }

  @Test(arguments: ["S3", "AZURE", "GCS"])
  func filesThatAreThereAreSkipped(kind: String) throws {
    let order = bed.upload(path, stage(kind))
    _ = try bed.run("PUT file://\(path) @s", [order])
    let again = try bed.run("PUT file://\(path) @s", [order])
    #expect(again[0]["status"] == "SKIPPED")
    #expect(again[0]["message"] == "")
    try bed.write("a.bin", "other")
    let other = try bed.run("PUT file://\(path) @s", [order])
    #expect(other[0]["status"] == "SKIPPED")
    #expect(other[0]["message"]?.contains("OVERWRITE") == true)
    #expect(object(kind)?.body == plain)
    let before = bed.service.requests.count
    let replaced = try bed.run(
      "PUT file://\(path) @s", [bed.upload(path, stage(kind), ["overwrite": true])])
    #expect(replaced[0]["status"] == "UPLOADED")
    // Nobody asks what is there if it is to be replaced anyway.
    #expect(bed.service.requests.dropFirst(before).map(\.method) == ["PUT"])
    #expect(object(kind)?.body == Array("other".utf8))
  }

  /// trap 5, trap 50: a transfer that breaks off is done again from its start.
  @Test func trap5BrokenTransfersAreDoneAgain() throws {
    let order = bed.upload(path, bed.s3(), ["overwrite": true])
    for failure in [
      ServiceReply.close, .status(503, "<Error><Code>SlowDown</Code></Error>"),
      .status(500), .status(429),
    ] {
      bed.store.fail(failure)
    }
    let rows = try bed.run("PUT file://\(path) @s", [order])
    #expect(rows[0]["status"] == "UPLOADED")
    #expect(object("S3")?.body == plain)

    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    bed.store.fail(.raw(Array(cut.utf8) + plain.prefix(100)))
    let got = try bed.run(
      "GET @s file://\(bed.path("out"))", [bed.download(bed.path("out"), ["a.bin"], bed.s3())])
    #expect(got[0]["status"] == "DOWNLOADED")
    #expect(bed.read("out/a.bin") == plain)
    #expect(bed.names("out") == ["a.bin"])
  }

  @Test func attemptsEnd() throws {
    for _ in 0..<SnowflakeBackoff.attemptCountMax { bed.store.fail(.status(500)) }
    let rows = try bed.run(
      "PUT file://\(path) @s", [bed.upload(path, bed.s3(), ["overwrite": true])])
    #expect(rows[0]["status"] == "ERROR")
    #expect(rows[0]["message"]?.contains("after 7 attempts: HTTP status 500") == true)
    #expect(bed.service.requests.count == 7)
  }

  @Test(arguments: [
    (
      "S3", 400,
      "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
    ),
    ("S3", 403, "<Error><Code>AccessDenied</Code></Error>"), ("AZURE", 403, ""), ("GCS", 401, ""),
  ])
  func expiredCredentialsAreRenewedOnce(kind: String, status: Int, body: String) throws {
    let first = stage(kind)
    var second = first
    second["creds"] = [
      "AWS_KEY_ID": "AKIANEW", "AWS_SECRET_KEY": "new", "AZURE_SAS_TOKEN": "sig=new",
      "GCS_ACCESS_TOKEN": "new-token",
    ]
    bed.store.fail(.status(status, body)) { $0.method == "PUT" }
    let sql = "PUT file://\(path) @s"
    let orders = [first, second].map { bed.upload(path, $0, ["overwrite": true]) }
    let rows = try bed.run(sql, orders)
    #expect(rows[0]["status"] == "UPLOADED")
    #expect(bed.asked.withLock { $0 } == [sql, sql])
    let last = try #require(bed.service.requests.last)
    #expect(
      last.header("authorization")?.contains("AKIANEW") == true || last.query["sig"] == "new"
        || last.header("authorization") == "Bearer new-token")

    // Credentials that are refused again are not asked for a second time.
    for _ in 0..<2 { bed.store.fail(.status(status, body)) { $0.method == "PUT" } }
    let refused = try bed.run(sql, orders)
    #expect(refused[0]["status"] == "ERROR")
    #expect(bed.asked.withLock { $0 }.count == 4)
  }

  @Test func oneRenewalServesAllFiles() throws {
    for number in 0..<20 { try bed.write("many/\(number).csv", "\(number)") }
    let pattern = bed.path("many/*.csv")
    let store = bed.store
    // Everything with the first key is refused.
    let service = try ScriptedService { request in
      request.header("authorization")?.contains("AKIAOLD") == true
        ? .status(403) : store.answer(request)
    }
    var (old, new) = (bed.s3("AKIAOLD"), bed.s3("AKIANEW"))
    old["endPoint"] = "http://127.0.0.1:\(service.port)"
    new["endPoint"] = old["endPoint"]
    let more: [String: Any] = ["overwrite": true, "parallel": 8]
    let rows = try bed.run(
      "PUT file://\(pattern) @s",
      [bed.upload(pattern, old, more), bed.upload(pattern, new, more)])
    #expect(rows.count == 20)
    #expect(rows.allSatisfy { $0["status"] == "UPLOADED" })
    #expect(rows.map { $0["source"] ?? "" } == rows.compactMap { $0["source"] }.sorted())
    #expect(bed.asked.withLock { $0 }.count == 2)
  }

  @Test func presignedURLsAreAskedForFileByFile() throws {
    try bed.write("in/a.csv", "1")
    try bed.write("in/b.csv", "2")
    let pattern = bed.path("in/*.csv")
    let order = { (source: String, target: String?) in
      var stage = self.bed.google(nil)
      if let target { stage["presignedUrl"] = "\(self.bed.url)/signed/\(target)?X-Sig=a%2Fb" }
      return self.bed.upload(source, stage)
    }
    let rows = try bed.run(
      "PUT file://\(pattern) @s PARALLEL=1",
      [order(pattern, nil), order("a.csv", "one"), order("b.csv", "two")].map { order in
        var order = order
        order["parallel"] = 1
        return order
      })
    #expect(rows.map { $0["status"] } == ["UPLOADED", "UPLOADED"])
    #expect(bed.store.object("/signed/one")?.body == Array("1".utf8))
    #expect(bed.store.object("/signed/two")?.body == Array("2".utf8))
    #expect(
      bed.asked.withLock { $0 } == [
        "PUT file://\(pattern) @s PARALLEL=1", "PUT 'file://a.csv' @s PARALLEL=1",
        "PUT 'file://b.csv' @s PARALLEL=1",
      ])
    // A URL is good for one method: what is there is not asked.
    #expect(bed.service.requests.map(\.method) == ["PUT", "PUT"])
    #expect(bed.service.requests.allSatisfy { $0.header("authorization") == nil })

    let got = try bed.run(
      "GET @s file://\(bed.path("out"))",
      [
        bed.download(
          bed.path("out"), ["x/two.csv", "x/one.csv"], bed.google(nil),
          ["presignedUrls": ["\(bed.url)/signed/two?s=1", "\(bed.url)/signed/one?s=2"]])
      ])
    #expect(got.map { $0["status"] } == ["DOWNLOADED", "DOWNLOADED"])
    #expect(bed.read("out/two.csv") == Array("2".utf8))
  }

  @Test func damagedFilesAreNotLeftBehind() throws {
    let key = "/bucket/stages/1/a.bin"
    bed.store.state.withLock { state in
      state.objects[key] = ObjectStore.Object(
        headers: [("x-amz-meta-sfc-digest", Base64.encode(Digest.sha256.of([1])))],
        body: [2])
    }
    let order = bed.download(bed.path("out"), ["a.bin"], bed.s3())
    let rows = try bed.run("GET @s file://\(bed.path("out"))", [order])
    #expect(rows[0]["message"]?.contains("SHA-256") == true)
    let sealed = bed.download(
      bed.path("out"), ["a.bin"], bed.s3(), ["encryptionMaterial": [FileBed.material()]])
    let unsealed = try bed.run("GET @s file://\(bed.path("out"))", [sealed])
    #expect(unsealed[0]["message"]?.contains("not encrypted") == true)
    #expect(bed.names("out").isEmpty)
  }

  @Test func wrongKeysAreErrors() throws {
    _ = try bed.run(
      "PUT file://\(path) @s",
      [bed.upload(path, bed.s3(), ["encryptionMaterial": FileBed.material(32)])])
    for count in [16, 5] {
      let rows = try bed.run(
        "GET @s file://\(bed.path("out"))",
        [
          bed.download(
            bed.path("out"), ["a.bin"], bed.s3(), ["encryptionMaterial": [FileBed.material(count)]])
        ])
      #expect(rows[0]["status"] == "ERROR")
    }
    #expect(bed.names("out").isEmpty)
  }

  @Test func anEncryptedStageWithoutAKeyGetsNothing() throws {
    var stage = bed.s3()
    stage["isClientSideEncrypted"] = true
    let rows = try bed.run("PUT file://\(path) @s", [bed.upload(path, stage)])
    #expect(rows[0]["status"] == "ERROR")
    #expect(bed.service.requests.isEmpty)
  }

  @Test func storesWithoutEncryptionAreRefusedWhereTheServiceHasIt() throws {
    let rows = try bed.run(
      "PUT file://\(path) @s", [bed.upload(path, bed.s3())],
      bed.settings { $0.requiresEncryption = true })
    #expect(rows[0]["message"]?.contains("without encryption") == true)
    #expect(bed.service.requests.isEmpty)
  }

  /// trap 16: credentials are in no message.
  @Test func trap16CredentialsAreInNoMessage() throws {
    for stage in [bed.s3(), bed.azure(), bed.google()] {
      for status in [400, 404, 500] {
        for _ in 0..<7 { bed.store.fail(.status(status, "<Error><Code>No</Code></Error>")) }
        let rows = try bed.run(
          "PUT file://\(path) @s", [bed.upload(path, stage, ["overwrite": true])])
        bed.store.state.withLock { $0.failures = [] }
        let message = try #require(rows[0]["message"])
        #expect(rows[0]["status"] == "ERROR")
        for secret in ["the secret of", "token-of", "sig=", "gcs-token", "?", "Signature"] {
          #expect(!message.contains(secret), "\(message)")
        }
      }
    }
  }

  @Test func filesInMemoryAreStoredPacked() throws {
    let sql = "PUT 'file:///tern/7' @SYSTEM$BIND/x"
    try bed.transfer(
      sql, [bed.upload("/tern/7", bed.s3(), ["autoCompress": true, "sourceCompression": "none"])]
    ).store(Array("1,2\n".utf8), patience)
    let stored = try #require(object("S3", "7.gz"))
    let source = Inflater(ArraySource(stored.body), .gzip)
    #expect(try ByteCollector.all(of: source, byteCountMax: 100) == Array("1,2\n".utf8))
  }
}
