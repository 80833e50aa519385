import TernColumns
import TernCore
import TernDriver
import TernNet

@testable import TernSnowflake

/// What a query's answer may be made of.
enum Query {
  static let id = "01b00000-0000-0001-0000-000000000001"

  /// A success whose `data` has these members.
  static func data(_ members: String, code: String? = nil) -> ServiceReply {
    .json(
      #"{"data":{\#(members)},"code":\#(code.map { "\"\($0)\"" } ?? "null"),"#
        + #""message":null,"success":true}"#)
  }

  /// Text columns and their rows.
  static func rows(
    _ names: [String], _ rows: [[String?]], type: Int = 4096, id: String = Query.id,
    _ more: String = ""
  ) -> ServiceReply {
    data(members(names, rows, type: type, id: id) + (more.isEmpty ? "" : ",\(more)"))
  }

  static func members(
    _ names: [String], _ rows: [[String?]], type: Int = 4096, id: String = Query.id
  ) -> String {
    let columns = names.map { #"{"name":"\#($0)","type":"text","length":10,"nullable":true}"# }
    let lines = rows.map { row in
      "[" + row.map { $0.map { "\"\($0)\"" } ?? "null" }.joined(separator: ",") + "]"
    }
    return
      #""rowtype":[\#(columns.joined(separator: ","))],"rowset":[\#(lines.joined(separator: ","))],"#
      + #""total":\#(rows.count),"returned":\#(rows.count),"queryId":"\#(id)","#
      + #""statementTypeId":\#(type),"queryResultFormat":"json""#
  }

  /// A statement without rows.
  static func status(_ type: Int = 0x6000, _ more: String = "") -> ServiceReply {
    rows(["status"], [["done"]], type: type, more)
  }

  /// A count of inserted rows.
  static func inserted(_ count: Int) -> ServiceReply {
    data(
      #""rowtype":[{"name":"number of rows inserted","type":"fixed","precision":19,"scale":0}],"#
        + #""rowset":[["\#(count)"]],"total":1,"returned":1,"queryId":"\#(id)","#
        + #""statementTypeId":12544,"queryResultFormat":"json""#)
  }

  /// A statement that runs on.
  static func running(
    _ code: String = "333333", id: String = Query.id, path: String? = nil, success: Bool = true
  ) -> ServiceReply {
    .json(
      #"{"data":{"getResultUrl":"\#(path ?? "/queries/\(id)/result")","queryId":"\#(id)"},"#
        + #""code":"\#(code)","message":"in progress","success":\#(success)}"#)
  }

  /// A failed statement.
  static func failed(
    _ code: String, _ state: String, _ message: String = "no", line: Int = -1, pos: Int = -1
  ) -> ServiceReply {
    Answers.failure(
      code, message,
      data: #"{"errorCode":"\#(code)","sqlState":"\#(state)","queryId":"\#(id)","line":\#(line),"#
        + #""pos":\#(pos),"type":"COMPILATION","internalError":false}"#)
  }
}

extension ScriptedService {
  static let queries = "/queries/v1/query-request"
  static let aborts = "/queries/v1/abort-request"

  /// A session on this server, in the database DB and the schema PUBLIC.
  func session(
    _ settings: SnowflakeSettings = SnowflakeSettings(), parameters: [String: String] = [:],
    networkTimeout: Int64 = 30_000_000_000, uploader: (any SnowflakeUploader)? = nil,
    files: SnowflakeFileSettings? = nil
  ) throws -> SnowflakeSession {
    var login = SnowflakeLogin(sessionToken: Secret("S1"), masterToken: Secret("M1"))
    login.database = "DB"
    login.schema = "PUBLIC"
    login.parameters = parameters
    var connect = ConnectSettings()
    connect.proxy = ProxySettings(.off)
    let store = SnowflakeStore(
      HTTPClient(connect), networkTimeout: networkTimeout, requiresEncryption: false,
      backoff: SnowflakeBackoff(shortest: 1_000, longest: 2_000))
    return SnowflakeSession(
      try line(networkTimeout: networkTimeout), login, settings, store, host: "127.0.0.1",
      user: "JANE",
      uploader: uploader, files: files)
  }

  /// The statements that were sent.
  var statements: [String] {
    requests(Self.queries).compactMap { $0.json["sqlText"] as? String }
  }
}

extension SnowflakeSession {
  /// Runs a text and takes all of its results.
  func results(
    _ sql: String, _ options: ExecutionOptions = ExecutionOptions(),
    _ context: CallContext = patience
  ) throws -> [TakenResult] {
    try execute(sql, options, context).taken(context)
  }
}

/// One result, whole.
enum TakenResult: Equatable {
  case changed(Int64?)
  case rows([[String?]])
}

extension Outcomes {
  func taken(_ context: CallContext = patience) throws -> [TakenResult] {
    var results: [TakenResult] = []
    while let outcome = try next(context) { results.append(try outcome.taken(context)) }
    return results
  }
}

extension Outcome {
  func taken(_ context: CallContext = patience) throws -> TakenResult {
    switch self {
    case .changed(let rows, _, _): return .changed(rows)
    case .rows(let pages): return .rows(try pages.texts(context))
    }
  }
}

extension PageSource {
  func texts(_ context: CallContext = patience) throws -> [[String?]] {
    var rows: [[String?]] = []
    while let batch = try nextPage(context) {
      for row in 0..<batch.rowCount {
        rows.append(
          try batch.columns.map { try $0.isNull(at: row) ? nil : try $0.text(at: row) })
      }
    }
    close(context)
    return rows
  }
}

/// The error that a body throws.
func failure(_ body: () throws -> Void) -> TernError? {
  do {
    try body()
    return nil
  } catch { return error as? TernError }
}
