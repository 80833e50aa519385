import Foundation
import TernColumns
import TernCore
import TernNet
import Testing

@testable import TernSnowflake

@Suite struct FileCloudTests {
  private func stage(_ object: [String: Any]) throws -> SnowflakeFileStage {
    try SnowflakeFileStage(
      reading: try JSONReader(Array(try JSONSerialization.data(withJSONObject: object))))
  }

  private let credentials = ["AWS_KEY_ID": "k", "AWS_SECRET_KEY": "s", "AWS_TOKEN": "t"]

  /// The examples of AWS's own description of Signature Version 4.
  @Test func signaturesAreThoseOfAWSsOwnExamples() {
    let signer = SnowflakeAWSSignature(
      keyID: "AKIAIOSFODNN7EXAMPLE", key: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
      sessionToken: nil, region: "us-east-1", service: "s3")
    let empty = SnowflakeAWSSignature.digest("")
    let host = "examplebucket.s3.amazonaws.com"
    let sign = {
      (
        method: String, path: String, query: [(String, String)], more: [(String, String)],
        payload: String
      ) in
      let headers = signer.headers(
        method, host, path, query, more + [("x-amz-content-sha256", payload)], payload: payload,
        1_369_353_600)
      return String(headers.first { $0.name == "authorization" }?.value.suffix(64) ?? "")
    }
    #expect(
      sign("GET", "/test.txt", [], [("range", "bytes=0-9")], empty)
        == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    #expect(
      sign(
        "PUT", "/test%24file.text", [],
        [
          ("date", "Fri, 24 May 2013 00:00:00 GMT"),
          ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ], SnowflakeAWSSignature.digest("Welcome to Amazon S3."))
        == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    #expect(
      sign("GET", "/", [("lifecycle", "")], [], empty)
        == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    #expect(
      sign("GET", "/", [("prefix", "J"), ("max-keys", "2")], [], empty)
        == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
  }

  @Test(
    arguments: [
      (["region": "eu-west-1"], "https://bucket.s3.amazonaws.com/p/n%20%2B.csv"),
      (
        ["region": "eu-west-1", "useRegionalUrl": true],
        "https://bucket.s3.eu-west-1.amazonaws.com/p/n%20%2B.csv"
      ),
      (
        ["region": "eu-west-1", "useS3RegionalUrl": true],
        "https://bucket.s3.eu-west-1.amazonaws.com/p/n%20%2B.csv"
      ),
      (
        ["region": "cn-north-1"], "https://bucket.s3.cn-north-1.amazonaws.com.cn/p/n%20%2B.csv"
      ),
      (
        ["region": "eu-west-1", "location": "my.bucket/p/"],
        "https://s3.eu-west-1.amazonaws.com/my.bucket/p/n%20%2B.csv"
      ),
      (
        ["endPoint": "s3.us-gov-west-1.amazonaws.com"],
        "https://bucket.s3.us-gov-west-1.amazonaws.com/p/n%20%2B.csv"
      ),
      (["endPoint": "http://127.0.0.1:9000"], "http://127.0.0.1:9000/bucket/p/n%20%2B.csv"),
      (["endPoint": "minio.local:9000"], "https://minio.local:9000/bucket/p/n%20%2B.csv"),
      (
        ["endPoint": "minio.local:9000", "useVirtualUrl": true],
        "https://bucket.minio.local:9000/p/n%20%2B.csv"
      ),
      (["location": "bucket"], "https://bucket.s3.amazonaws.com/n%20%2B.csv"),
      (["location": "bucket/p"], "https://bucket.s3.amazonaws.com/p/n%20%2B.csv"),
    ] as [([String: any Sendable], String)])
  func s3HostsAreRegionalVirtualOrPaths(change: [String: any Sendable], url: String) throws {
    var object: [String: Any] = [
      "locationType": "S3", "location": "bucket/p/", "creds": credentials,
    ]
    for (name, value) in change { object[name] = value }
    let (origin, request) = try SnowflakeFileS3(stage(object)).request(
      SnowflakeFileAction("GET"), "n +.csv", now: 0)
    let scheme = origin.isEncrypted ? "https" : "http"
    #expect("\(scheme)://\(origin.hostHeader)\(request.target)" == url)
    #expect(request.headers["x-amz-security-token"] == "t")
    #expect(request.headers["host"] == origin.hostHeader)
  }

  @Test(
    arguments: [
      (["endPoint": NSNull()], "https://acc.blob.core.windows.net/c/p/n.csv?sv=1&sig=a%2Fb"),
      (
        ["endPoint": "blob.core.usgovcloudapi.net"],
        "https://acc.blob.core.usgovcloudapi.net/c/p/n.csv?sv=1&sig=a%2Fb"
      ),
      (["endPoint": "http://127.0.0.1:1"], "http://127.0.0.1:1/c/p/n.csv?sv=1&sig=a%2Fb"),
    ] as [([String: any Sendable], String)])
  func azureHasTheAccountInItsHost(change: [String: any Sendable], url: String) throws {
    var object: [String: Any] = [
      "locationType": "AZURE", "location": "c/p/", "storageAccount": "acc",
      "creds": ["AZURE_SAS_TOKEN": "?sv=1&sig=a%2Fb"],
    ]
    for (name, value) in change { object[name] = value }
    let (origin, request) = try SnowflakeFileAzure(stage(object)).request(
      SnowflakeFileAction("PUT"), "n.csv", now: 0)
    let scheme = origin.isEncrypted ? "https" : "http"
    #expect("\(scheme)://\(origin.hostHeader)\(request.target)" == url)
  }

  @Test(
    arguments: [
      ([:], "storage.googleapis.com/b/p/n.csv"),
      (["useVirtualUrl": true], "b.storage.googleapis.com/p/n.csv"),
      (
        ["useRegionalUrl": true, "region": "EU-West3"],
        "storage.eu-west3.rep.googleapis.com/b/p/n.csv"
      ),
      (["region": "me-central2"], "storage.me-central2.rep.googleapis.com/b/p/n.csv"),
      (["endPoint": "gcs.private"], "gcs.private/b/p/n.csv"),
    ] as [([String: any Sendable], String)])
  func googleHasItsOwnHosts(change: [String: any Sendable], url: String) throws {
    var object: [String: Any] = [
      "locationType": "GCS", "location": "b/p/", "creds": ["GCS_ACCESS_TOKEN": "tok"],
    ]
    for (name, value) in change { object[name] = value }
    let (origin, request) = try SnowflakeFileGoogle(stage(object), presigned: nil).request(
      SnowflakeFileAction("PUT"), "n.csv", now: 0)
    #expect("\(origin.hostHeader)\(request.target)" == url)
    #expect(request.headers["Authorization"] == "Bearer tok")
  }

  @Test(
    arguments: [
      ["locationType": "S3", "endPoint": "evil.example/path@x"],
      ["locationType": "S3", "endPoint": "a b"],
      ["locationType": "S3", "region": "x.evil/?", "useRegionalUrl": true],
      ["locationType": "AZURE"], ["locationType": "GCS"], ["locationType": "FTP"],
      ["locationType": "S3", "isClientSideEncrypted": true, "ciphers": "AES_GCM"],
    ] as [[String: any Sendable]])
  func stagesThatCannotBeUsedAreRefused(change: [String: any Sendable]) throws {
    var object: [String: Any] = ["location": "b/p/", "creds": credentials]
    for (name, value) in change { object[name] = value }
    let found = try stage(object)
    #expect(throws: TernError.self) { _ = try found.cloud() }
  }

  @Test func ciphersMayBeAListWithTheOneThatIsKnown() throws {
    let found = try stage([
      "locationType": "S3", "location": "b/", "creds": credentials, "isClientSideEncrypted": true,
      "ciphers": "AES_GCM,AES_CBC",
    ])
    _ = try found.cloud()
  }

  @Test func elementsOfXMLAreFound() {
    let xml =
      "<?xml?><Error><Code>ExpiredToken</Code><Message>a &amp; b</Message><A><B/></A></Error>"
    #expect(SnowflakeFileXML.element("Code", of: xml) == "ExpiredToken")
    #expect(SnowflakeFileXML.element("A", of: xml) == nil)
    #expect(SnowflakeFileXML.element("C", of: xml) == nil)
    #expect(SnowflakeFileXML.element("Code", of: "<Code>x") == nil)
    #expect(
      SnowflakeFileXML.element("M", of: "<M>the key &quot;a&amp;b&quot;</M>") == "the key \"a&b\"")
  }

  /// trap 24: the id of a key is larger than a double can hold.
  @Test(arguments: [16, 32]) func trap24KeysAreWrappedAndNamedExactly(byteCount: Int) throws {
    let object = FileBed.material(byteCount)
    let reader = try JSONReader(Array(try JSONSerialization.data(withJSONObject: object)))
    let material = try #require(try SnowflakeFileMaterial(reading: reader))
    let seal = try material.seal()
    #expect(
      seal.description
        == "{\"smkId\":\"9223372036854775807\",\"queryId\":\"q-key\",\"keySize\":\"\(byteCount * 8)\"}"
    )
    let plain = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for count in [0, 1, 15, 16, 17, 65_535, 65_536, 100_000] {
      let bytes = Array(plain.prefix(count))
      let closed = try ByteCollector.all(
        of: seal.close(ArraySource(bytes, pieceMax: 1_000)), byteCountMax: 1 << 20)
      #expect(closed.count == SnowflakeFileSeal.byteCount(count))
      let found = try #require(try SnowflakeFileSeal(encryptionData: seal.encryptionData))
      let opened = try ByteCollector.all(
        of: material.open(ArraySource(closed, pieceMax: 777), found), byteCountMax: 1 << 20)
      #expect(opened == bytes)
    }
    #expect(try material.seal().wrappedKey != seal.wrappedKey)
  }
}
