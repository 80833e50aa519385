import Foundation
import TernColumns
import TernCore
import TernDriver
import TernNet

@testable import TernSnowflake

/// Objects behind a scripted server: what S3, Azure and Google have in common, and their parts.
final class ObjectStore: Sendable {
  struct Object: Sendable {
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  struct State: Sendable {
    var objects: [String: Object] = [:]
    var parts: [String: [String: [UInt8]]] = [:]
    var begun: [String: [(name: String, value: String)]] = [:]
    var dropped = 0
    /// Answers that come before any other, for requests that `matches` says.
    var failures: [(matches: @Sendable (ServiceRequest) -> Bool, reply: ServiceReply)] = []
  }

  let state = Lock(State())

  /// Answers one request.
  func answer(_ request: ServiceRequest) -> ServiceReply {
    state.withLock { state in
      if let index = state.failures.firstIndex(where: { $0.matches(request) }) {
        return state.failures.remove(at: index).reply
      }
      return Self.answer(request, &state)
    }
  }

  /// Answers the next request that `matches` with `reply`.
  func fail(
    _ reply: ServiceReply, _ matches: @escaping @Sendable (ServiceRequest) -> Bool = { _ in true }
  ) { state.withLock { $0.failures.append((matches, reply)) } }

  func object(_ path: String) -> Object? { state.withLock { $0.objects[path] } }

  private static func kept(_ request: ServiceRequest) -> [(name: String, value: String)] {
    request.headers.map { ($0.name.lowercased(), $0.value) }.filter { name, _ in
      name.hasPrefix("x-amz-meta-") || name.hasPrefix("x-ms-meta-")
        || name.hasPrefix("x-goog-meta-")
    }
  }

  private static func answer(_ request: ServiceRequest, _ state: inout State) -> ServiceReply {
    let upload = request.query["uploadId"] ?? request.query["comp"].map { _ in "azure" } ?? ""
    switch request.method {
    case "HEAD", "GET":
      guard let object = state.objects[request.path] else {
        return .status(404, request.method == "GET" ? "<Error><Code>NoSuchKey</Code></Error>" : "")
      }
      let headers = object.headers.map { ($0.name, $0.value) }
      return .answer(200, headers, request.method == "GET" ? object.body : [])
    case "PUT" where request.query["comp"] == "blocklist":
      let tags = request.text.components(separatedBy: "<Latest>").dropFirst().map {
        $0.components(separatedBy: "</Latest>")[0]
      }
      let body = tags.flatMap { state.parts[upload]?[$0] ?? [] }
      state.objects[request.path] = Object(headers: kept(request), body: body)
      return .status(201)
    case "PUT" where request.query["partNumber"] ?? request.query["blockid"] != nil:
      let tag = request.query["blockid"] ?? "\"part-\(request.query["partNumber"] ?? "")\""
      state.parts[upload, default: [:]][tag] = request.body
      return .status(upload == "azure" ? 201 : 200, "", [("ETag", tag)])
    case "PUT":
      state.objects[request.path] = Object(headers: kept(request), body: request.body)
      return .status(request.header("x-ms-blob-type") == nil ? 200 : 201)
    case "POST" where request.query.keys.contains("uploads"):
      let id = "upload/\(state.begun.count + 1)+"
      state.begun[id] = kept(request)
      return .status(200, "<R><Bucket>b</Bucket><UploadId>\(id)</UploadId></R>")
    case "POST":
      let tags = request.text.components(separatedBy: "<ETag>").dropFirst().map {
        $0.components(separatedBy: "</ETag>")[0].replacingOccurrences(of: "&quot;", with: "\"")
      }
      let body = tags.flatMap { state.parts[upload]?[$0] ?? [] }
      state.objects[request.path] = Object(headers: state.begun[upload] ?? [], body: body)
      return .status(200, "<CompleteMultipartUploadResult/>")
    case "DELETE":
      state.dropped += 1
      return .status(204)
    default: return .status(405)
    }
  }
}

/// One test's folder, store and service.
final class FileBed: Sendable {
  let folder: TemporaryFolder
  let store: ObjectStore
  let service: ScriptedService
  /// Statements that were sent, in order.
  let asked = Lock<[String]>([])

  init() throws {
    folder = try TemporaryFolder()
    let store = ObjectStore()
    self.store = store
    service = try ScriptedService { store.answer($0) }
  }

  var url: String { "http://127.0.0.1:\(service.port)" }

  func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func read(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path(name)).map { Array($0) }
  }

  func names(_ name: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
  }

  func settings(_ change: (inout SnowflakeFileSettings) -> Void = { _ in }) -> SnowflakeFileSettings
  {
    var connect = ConnectSettings()
    connect.proxy = ProxySettings(.off)
    var settings = SnowflakeFileSettings(client: HTTPClient(connect))
    settings.requiresEncryption = false
    settings.isServiceLocal = true
    settings.partByteCountMin = 1_000
    settings.backoff = SnowflakeBackoff(shortest: 1_000, longest: 2_000)
    change(&settings)
    return settings
  }

  /// A transfer whose server answers with `orders`, one after another, the last again and again.
  func transfer(
    _ sql: String, _ orders: [[String: Any]], _ settings: SnowflakeFileSettings? = nil
  ) throws -> SnowflakeFileTransfer {
    let texts = try orders.map { Array(try JSONSerialization.data(withJSONObject: ["data": $0])) }
    return try SnowflakeFileTransfer(sql, settings ?? self.settings()) {
      [self] (sql, _) throws(TernError) in
      let count = asked.withLock { asked in
        asked.append(sql)
        return asked.count
      }
      return try SnowflakeAnswer(body: texts[min(count, texts.count) - 1])
    }
  }

  /// Runs one, and gives its rows by the names of the columns.
  func run(
    _ sql: String, _ orders: [[String: Any]], _ settings: SnowflakeFileSettings? = nil,
    _ context: CallContext = patience
  ) throws -> [[String: String]] {
    let pages = try transfer(sql, orders, settings).run(context)
    var rows: [[String: String]] = []
    while let batch = try pages.nextPage(context) {
      for row in 0..<batch.rowCount {
        var values: [String: String] = [:]
        for (index, column) in batch.columns.enumerated() {
          values[pages.columns[index].name] = try column.text(at: row)
        }
        rows.append(values)
      }
    }
    return rows
  }

  /// An order to put `path`.
  func upload(_ path: String, _ stage: [String: Any], _ more: [String: Any] = [:]) -> [String: Any]
  {
    var order: [String: Any] = [
      "command": "UPLOAD", "src_locations": [path], "parallel": 2, "threshold": 1 << 20,
      "autoCompress": false, "overwrite": false, "sourceCompression": "auto_detect",
      "encryptionMaterial": NSNull(), "stageInfo": stage, "queryId": "q-1",
    ]
    for (name, value) in more { order[name] = value }
    return order
  }

  /// An order to get `sources` into `path`.
  func download(
    _ path: String, _ sources: [String], _ stage: [String: Any], _ more: [String: Any] = [:]
  ) -> [String: Any] {
    var order: [String: Any] = [
      "command": "DOWNLOAD", "src_locations": sources, "localLocation": path, "parallel": 2,
      "encryptionMaterial": sources.map { _ in NSNull() }, "stageInfo": stage,
    ]
    for (name, value) in more { order[name] = value }
    return order
  }

  func local(_ name: String) -> [String: Any] {
    ["locationType": "LOCAL_FS", "location": path(name), "creds": [String: String]()]
  }

  func s3(_ key: String = "AKIATEST") -> [String: Any] {
    [
      "locationType": "S3", "location": "bucket/stages/1/", "region": "eu-west-1",
      "endPoint": url, "isClientSideEncrypted": false,
      "creds": [
        "AWS_KEY_ID": key, "AWS_SECRET_KEY": "the secret of \(key)", "AWS_TOKEN": "token-of-\(key)",
      ],
    ]
  }

  func azure(_ signature: String = "fresh") -> [String: Any] {
    [
      "locationType": "AZURE", "location": "container/stages/1/", "storageAccount": "account",
      "endPoint": url, "creds": ["AZURE_SAS_TOKEN": "?sv=2021-08-06&sig=\(signature)%2Fx"],
    ]
  }

  func google(_ token: String? = "gcs-token") -> [String: Any] {
    [
      "locationType": "GCS", "location": "bucket/stages/1/", "endPoint": url,
      "creds": token.map { ["GCS_ACCESS_TOKEN": $0] } ?? [:], "presignedUrl": NSNull(),
    ]
  }

  /// A key for a stage: 16 or 32 bytes.
  static func material(_ byteCount: Int = 32) -> [String: Any] {
    [
      "queryStageMasterKey": Base64.encode((0..<byteCount).map { UInt8($0) }), "queryId": "q-key",
      "smkId": 9_223_372_036_854_775_807,
    ]
  }
}
