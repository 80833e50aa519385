import Foundation
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

/// The stubs that the vendor's own drivers are tested with: PUT to S3, Azure and Google. They are
/// read where they lie.
@Suite(.enabled(if: Fixtures.real != nil, "there are no recorded answers on this machine"))
struct FileStubTests {
  /// One stub: a request that it waits for, and its answer.
  private struct Stub: Sendable {
    let source: String
    let method: String
    /// A regular expression.
    let path: String
    let query: [String: String]
    let reply: ServiceReply
    /// The `data` of an answer that is an order, as JSON.
    var order: String?
  }

  private static func stubs(_ name: String) throws -> [Stub] {
    let real = try #require(Fixtures.real)
    let lines = Fixtures.lines(real.appendingPathComponent("vendor-wiremock.jsonl"))
    return try lines.filter { ($0["source"] as? String)?.contains(name) == true }.map(stub)
  }

  private static func stub(_ line: [String: Any]) throws -> Stub {
    let request = try #require(line["request"] as? [String: Any])
    let response = try #require(line["response"] as? [String: Any])
    let headers = (response["headers"] as? [String: String] ?? [:]).filter {
      $0.key != "Content-Length"
    }
    let body = response["body"] as? String ?? ""
    var stub = Stub(
      source: line["source"] as? String ?? "", method: request["method"] as? String ?? "",
      path: request["urlPathPattern"] as? String ?? request["url"] as? String ?? "",
      query: (request["queryParameters"] as? [String: [String: String]] ?? [:]).compactMapValues {
        $0["equalTo"]
      },
      reply: .answer(
        response["status"] as? Int ?? 200, headers.map { ($0.key, $0.value) }, Array(body.utf8)))
    let answer = response["jsonBody"] as? [String: Any]
    if let data = answer?["data"] as? [String: Any], data["command"] != nil {
      stub.order = String(
        decoding: try JSONSerialization.data(
          withJSONObject: data, options: [.withoutEscapingSlashes]), as: UTF8.self)
    }
    return stub
  }

  /// The orders in answers to statements, with this bed's addresses and file in the place of the
  /// marks.
  private static func orders(
    _ stubs: [Stub], _ bed: FileBed, _ path: String
  ) throws -> [[String: Any]] {
    try stubs.compactMap(\.order).map { order in
      var text = order
      for mark in [
        "{{WIREMOCK_HTTP_URL}}", "{{wiremockHttpsUrl}}", "{{wiremockHttpUrl}}", "{{ wiremockUrl }}",
      ] {
        text = text.replacingOccurrences(of: mark, with: bed.url)
      }
      var order = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      order["src_locations"] = [path]
      return order
    }
  }

  /// The answer of the first stub for the store that a request fits.
  private static func reply(_ stubs: [Stub], _ request: ServiceRequest) -> ServiceReply? {
    stubs.first { stub in
      stub.method == request.method
        && request.path.range(of: "^\(stub.path)$", options: .regularExpression) != nil
        && stub.query.allSatisfy { request.query[$0.key] == $0.value }
    }?.reply
  }

  /// Puts a file as the stubs say; gives the row and what the store was asked.
  private func walk(
    _ name: String
  ) throws -> (row: [String: String], requests: [ServiceRequest], asked: Int) {
    let stubs = try Self.stubs(name)
    #expect(!stubs.isEmpty)
    let bed = try FileBed()
    try bed.write("test_data.csv", "1,2,3\n")
    let service = try ScriptedService { request in
      Self.reply(stubs, request) ?? .status(404)
    }
    let path = bed.path("test_data.csv")
    var orders = try Self.orders(stubs, bed, path)
    for index in orders.indices {
      var stage = orders[index]["stageInfo"] as? [String: Any] ?? [:]
      if (stage["endPoint"] as? String) == bed.url {
        stage["endPoint"] = "http://127.0.0.1:\(service.port)"
      }
      orders[index]["stageInfo"] = stage
    }
    let rows = try bed.run("PUT file://\(path) @STAGE", orders)
    return (rows[0], service.requests, bed.asked.withLock { $0 }.count)
  }

  @Test func azureIsPutWithItsHeaders() throws {
    let (row, requests, _) = try walk("azure_put_capture")
    #expect(row["status"] == "UPLOADED")
    // To be replaced: nobody asks first.
    #expect(requests.map(\.method) == ["PUT"])
    #expect(requests[0].path == "/test-container/prefix/test_data.csv")
    #expect(requests[0].header("x-ms-blob-type") == "BlockBlob")
    #expect(requests[0].header("x-ms-meta-sfcdigest") != nil)
    #expect(requests[0].query["sig"] == "mock-signature")
  }

  @Test(arguments: [
    ("azure_sas_refresh_on_403_nontoken", "ERROR"), ("azure_sas_refresh_on_403_put_recover", ""),
    ("azure_sas_refresh_on_403_recover_reason_mismatch", ""),
    ("azure_sas_refresh_on_403_refresh_fails", "ERROR"),
  ])
  func anyRefusalByAzureRenewsOnce(name: String, status: String) throws {
    // The orders of all four are the same two; some files keep only what differs.
    let orders = try Self.stubs("azure_sas_refresh_on_403_nontoken").filter { $0.order != nil }
    #expect(orders.count == 2)
    let bed = try FileBed()
    try bed.write("t.csv", "1")
    let stubs = try Self.stubs("put_get/\(name).json")
    let fresh = try Self.stubs("azure_sas_refresh_on_403_put_recover")
    let service = try ScriptedService { request in
      Self.reply(stubs, request) ?? (status.isEmpty ? Self.reply(fresh, request) : nil)
        ?? .status(404)
    }
    var answers = try Self.orders(orders, bed, bed.path("t.csv"))
    for index in answers.indices {
      var stage = answers[index]["stageInfo"] as? [String: Any] ?? [:]
      stage["endPoint"] = "http://127.0.0.1:\(service.port)"
      answers[index]["stageInfo"] = stage
    }
    let rows = try bed.run("PUT file://\(bed.path("t.csv")) @s", answers)
    #expect(rows[0]["status"] == (status.isEmpty ? "UPLOADED" : status))
    #expect(bed.asked.withLock { $0 }.count == 2)
    #expect(service.requests.map { $0.query["sig"] } == ["expiredsig", "freshsig"])
  }

  @Test func filesThatTheServiceCannotReadAreRefusedByName() throws {
    let stubs = try Self.stubs("put_unsupported_compression_type")
    let bed = try FileBed()
    try bed.write("test_data.csv.xz", "x")
    let path = bed.path("*.xz")
    let rows = try bed.run("PUT file://\(path) @s", try Self.orders(stubs, bed, path))
    #expect(rows[0]["status"] == "ERROR")
    #expect(rows[0]["message"]?.contains("XZ") == true)
  }

  @Test(arguments: [
    "PutGcsStageResolution/query_put_gcs_downscoped_ok.json",
    "query_put_gcs_downscoped_ok.json.template",
  ])
  func googleWithATokenIsAskedOnce(name: String) throws {
    let bed = try FileBed()
    try bed.write("a.csv", "1")
    try bed.write("b.csv", "2")
    let path = bed.path("*.csv")
    let rows = try bed.run(
      "PUT file://\(path) @s", try Self.orders(try Self.stubs(name), bed, path))
    #expect(rows.map { $0["status"] } == ["UPLOADED", "UPLOADED"])
    #expect(bed.asked.withLock { $0 }.count == 1)
    #expect(bed.store.object("/gcs-bucket/path/a.csv")?.body == [0x31])
    #expect(
      bed.service.requests.allSatisfy {
        $0.header("Authorization")?.hasPrefix("Bearer mock") == true
      })
  }

  @Test(arguments: [
    "PutGcsStageResolution/query_put_gcs_presigned_ok.json",
    "query_put_gcs_presigned_ok.json.template",
  ])
  func googleWithoutATokenIsAskedForEachFile(name: String) throws {
    let stubs = try Self.stubs(name)
    #expect(stubs.filter { $0.order != nil }.count == 2)
    let bed = try FileBed()
    try bed.write("a.csv", "1")
    let path = bed.path("a.csv")
    var orders = try Self.orders(stubs, bed, path)
    orders[1]["src_locations"] = ["a.csv"]
    let rows = try bed.run("PUT file://\(path) @s", orders)
    #expect(rows.map { $0["status"] } == ["UPLOADED"])
    #expect(bed.asked.withLock { $0 }.last == "PUT 'file://a.csv' @s")
    #expect(bed.store.object("/fake-gcs-upload")?.body == [0x31])
  }

  /// trap 24: an id of 2^63 - 1 is sent back digit by digit.
  @Test func trap24LargeKeyIdsAreExact() throws {
    let bed = try FileBed()
    try bed.write("a.csv", "1")
    let path = bed.path("a.csv")
    var order = try #require(
      try Self.orders(try Self.stubs("query_put_with_smkid_ok"), bed, path).first)
    var material = try #require(order["encryptionMaterial"] as? [String: Any])
    // The stub's key is a word, not a key.
    material["queryStageMasterKey"] = Base64.encode([UInt8](repeating: 7, count: 16))
    order["encryptionMaterial"] = material
    var stage = try #require(order["stageInfo"] as? [String: Any])
    stage["endPoint"] = bed.url
    order["stageInfo"] = stage
    let rows = try bed.run("PUT file://\(path) @s", [order])
    #expect(rows[0]["encryption"] == "ENCRYPTED")
    let put = try #require(bed.service.requests.last)
    #expect(
      put.path
        == "/sfc-example-customer-stage/acct-s/stages/00000000-0000-0000-0000-000000000000/a.csv")
    #expect(
      put.header("x-amz-meta-x-amz-matdesc")?.contains("\"smkId\":\"9223372036854775807\"") == true)
  }
}
