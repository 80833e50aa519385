import Foundation
import TernColumns
import TernCore
import Testing

@testable import TernAvatica

/// What the Java client sent to a real server, and what Tern sends for the same calls, in both
/// encodings. Equal up to what servers take for the same: names of one limit, nulls, and the
/// parts of a handle that no server reads.
struct JavaClientTests {
  private typealias M = AvaticaMessages

  /// One call of the Java client: what Tern sends for it, as JSON and as the fields of protobuf.
  private struct Sent {
    var json: [String: Any]
    var fields: Set<String>
  }

  private static let jsonID = "a984202f-4933-49cb-81d1-955ecbb9a529"
  private static let protobufID = "309ae2c8-0c0c-47d9-90f9-e5a063ccd3e1"

  private func sent<Message: AvaticaMessage>(_ message: Message) throws -> Sent {
    let json = try AvaticaEncoding.json.bytes(of: message, Self.jsonID)
    let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
    let protobuf = try AvaticaEncoding.protobuf.bytes(of: message, Self.protobufID)
    return Sent(
      json: Self.normalized(try #require(object)), fields: try Self.fields(protobuf))
  }

  /// Tern changes one property at a time; together the changes are what Java sends at once.
  private func sync(_ changes: [AvaticaProperties.Change]) throws -> Sent {
    var all = try sent(M.ConnectionSync(change: nil, known: AvaticaProperties()))
    var properties: [String: Any] = all.json["connProps"] as? [String: Any] ?? [:]
    for change in changes {
      let one = try sent(M.ConnectionSync(change: change, known: AvaticaProperties()))
      let own = one.json["connProps"] as? [String: Any] ?? [:]
      properties.merge(own) { $1 }
      all.fields.formUnion(one.fields)
    }
    all.json["connProps"] = properties
    return all
  }

  /// The rows that were bound, as columns.
  private func rows(_ rows: [[Value]]) throws -> [[AvaticaValue]] {
    let types: [DataType] = [
      .int32, .utf8, .decimal128(precision: 20, scale: 4), .date32,
      .timestamp(.millisecond, zone: nil), .binary,
    ]
    let fields = types.prefix(rows.first?.count ?? 0).map { Field("p", $0) }
    let builder = BatchBuilder(Schema(Array(fields)))
    for row in rows { try builder.append(row) }
    let batch = try builder.finish()
    let parameters = AvaticaParameters(types: [])
    return try rows.indices.map { try parameters.row(batch, $0) }
  }

  private func run(_ sql: String, _ statement: Int64, limit: Int64 = -1) throws -> Sent {
    try sent(
      M.PrepareAndExecute(
        statement: statement, sql: sql, rowCountMax: limit, isOld: false, firstFrame: limit))
  }

  private func fetch(_ offset: Int64) throws -> Sent {
    try sent(
      M.FetchTable(range: M.FetchRange(statement: 7, offset: offset, rowCount: 100)))
  }

  private func execute(
    _ statement: Int64, isQuery: Bool, _ row: [Value]
  ) throws -> Sent {
    try sent(
      M.Execute(
        statement: statement, isQuery: isQuery, sql: "x", values: try rows([row])[0],
        firstFrame: 100))
  }

  private func close(_ id: Int64) throws -> Sent { try sent(M.CloseStatement(id: id)) }

  /// The calls of the recorded session, in their order.
  private func calls() throws -> [Sent] {
    let information = [("password", Secret("")), ("user", Secret("SA"))]
    let moment = WideTimestamp(seconds: 1_612_325_106, nanoseconds: 789_000_000)
    let first: [Value] = [
      2, "twö 😀", .decimal(DecimalValue(unscaled: 123_456_789, scale: 4)),
      .date(18_661), .timestamp(moment), .bytes([0, 255]),
    ]
    let tens = DecimalValue(unscaled: 10_000_000_000)
    let changes: [AvaticaProperties.Change] = [
      .readOnly(false), .isolation(2), .catalog("PUBLIC"), .schema("PUBLIC"),
    ]
    let table =
      "create table jc(id int primary key, v varchar(20), d decimal(20,4), dt date, ts timestamp, "
      + "b varbinary(8))"
    let insert =
      "insert into jc values(1,'one',1.5,DATE '2020-01-01',TIMESTAMP '2020-01-01 01:02:03',X'0102')"
    let nulls: [Value] = [3, .null, .null, .null, .null, .null]
    return [
      try sent(M.OpenConnection(information: information.map { (name: $0.0, value: $0.1) })),
      try sent(M.Metadata(.tables, [nil, "PUBLIC", "%"], types: ["TABLE"])), try close(0),
      try sent(M.Metadata(.columns, [nil, "PUBLIC", "JC%", nil])), try close(1),
      try sent(M.Metadata(.schemas, [nil, nil])), try close(2),
      try sent(M.Metadata(.catalogs)), try close(3), try sync([]),
      try sent(M.CreateStatement()), try run(table, 4), try run(insert, 4),
      try run("select * from jc", 4, limit: 5),
      try sent(
        M.PrepareAndExecuteBatch(
          statement: 4,
          commands: ["insert into jc(id) values(100)", "insert into jc(id) values(101)"])),
      try close(4), try sync([.autocommit(false)] + changes),
      try sent(M.Prepare(sql: "insert into jc values(?,?,?,?,?,?)")),
      try execute(5, isQuery: false, first),
      try sent(
        M.ExecuteBatch(
          statement: 5, rows: try rows([nulls, [4, "x", .decimal(tens), .null, .null, .null]]))),
      try close(5), try sent(M.Plain.commit),
      try sent(M.Prepare(sql: "select id, v from jc where id >= ? order by id")),
      try execute(6, isQuery: true, [2]), try close(6), try sent(M.Plain.rollback),
      try sync([.autocommit(true)] + changes), try sent(M.CreateStatement()),
      try run("select n from unnest(sequence_array(1,250,1)) as t(n)", 7), try fetch(100),
      try fetch(200), try close(7), try sent(M.CreateStatement()), try run("select bogus", 8),
      try close(8), try sent(M.Plain.closeConnection),
    ]
  }

  @Test func jsonRequestsEqualTheJavaClients() throws {
    let recorded = try Recording.exchanges("avatica-real-session.jsonl")
      .filter { $0.group == "java-client" }
    let calls = try calls()
    #expect(recorded.count == calls.count)
    for (exchange, call) in zip(recorded, calls) {
      let wanted = Self.normalized(try #require(exchange.request))
      #expect(
        NSDictionary(dictionary: wanted) == NSDictionary(dictionary: call.json),
        "\(exchange.name): \(wanted) \(call.json)")
    }
  }

  @Test func protobufRequestsEqualTheJavaClients() throws {
    let recorded = try Recording.exchanges("avatica-real-session-protobuf.jsonl")
      .filter { $0.group == "java-client" }
    let calls = try calls()
    #expect(recorded.count == calls.count)
    for (exchange, call) in zip(recorded, calls) {
      let wanted = try Self.fields(exchange.requestBody)
      #expect(
        wanted == call.fields,
        "\(exchange.name): \(wanted.symmetricDifference(call.fields).sorted())")
    }
  }

  // MARK: - What servers take for the same

  private static func normalized(_ request: [String: Any]) -> [String: Any] {
    var request = request
    if let limit = request.removeValue(forKey: "maxRowCount") {
      // Of one meaning with the other name where both exist.
      request[request["sql"] != nil && request["statementId"] != nil ? "maxRowsTotal" : "max"] =
        limit
    }
    if var properties = request["connProps"] as? [String: Any] {
      properties = properties.filter { !($0.value is NSNull) && $0.key != "dirty" }
      request["connProps"] = properties
    }
    if var handle = request["statementHandle"] as? [String: Any] {
      handle["signature"] = handle["signature"] is NSNull ? "none" : "some"
      request["statementHandle"] = handle
    }
    if let values = request["parameterValues"] as? [Any] {
      request["parameterValues"] = values.map(bare)
    }
    return request
  }

  private static func bare(_ value: Any) -> Any {
    if let row = value as? [Any] { return row.map(bare) }
    return (value as? [String: Any])?.filter { $0.key != "componentType" } ?? value
  }

  /// The fields of a request as words, defaults left out: `2.1=SA`.
  private static func fields(_ envelope: [UInt8]) throws -> Set<String> {
    let reader = try ProtobufReader(envelope)
    var name = ""
    var fields: Set<String> = []
    while let field = try reader.next() {
      if field == 1 {
        name = try reader.string().components(separatedBy: "$").last ?? ""
        fields.insert(name)
      } else {
        try reader.enter()
        try collect(reader, name, "", &fields)
      }
    }
    return fields
  }

  /// Where messages are, by class and place.
  private static let messages: Set<String> = [
    "OpenConnectionRequest.2", "ConnectionSyncRequest.2", "ExecuteRequest.1", "ExecuteRequest.2",
    "ExecuteBatchRequest.3", "ExecuteBatchRequest.3.1",
  ]

  private static func collect(
    _ reader: ProtobufReader, _ name: String, _ place: String, _ fields: inout Set<String>,
    _ ordinal: String = ""
  ) throws {
    var count = 0
    while let field = try reader.next() {
      let path = "\(place).\(field)"
      let isValue = ["ExecuteRequest.2", "ExecuteBatchRequest.3.1"].contains(name + place)
      // Flags that only newer clients send, the mark of a changed property, base64 beside bytes.
      let isIgnored =
        (name == "ColumnsRequest" && 6...9 ~= field)
        || (name + path == "ConnectionSyncRequest.2.1") || (isValue && field == 3 && count > 0)
      if messages.contains(name + path) {
        count += 1
        try reader.enter()
        try collect(reader, name, path, &fields, "\(ordinal)#\(count)")
      } else if name + path == "ExecuteRequest.1.3" {
        fields.insert("\(path) is there")
      } else {
        let value = try text(reader, isValue ? field : 0)
        if isValue, field == 1, value == "20" { count = 1 }
        if !isIgnored, value != "0", !value.isEmpty {
          // A null is one, whatever its type says.
          let shown = isValue && field == 1 && value == "23" ? "24" : value
          fields.insert("\(path)\(ordinal)=\(shown)")
        }
      }
    }
  }

  private static func text(_ reader: ProtobufReader, _ valueField: Int) throws -> String {
    switch reader.wireType {
    case .varint: return "\(try reader.int64())"
    case .fixed64: return "\(try reader.double())"
    case .fixed32: return ""
    case .lengthDelimited:
      if valueField == 5 { return "\(try reader.bytes())" }
      let text = try reader.string()
      guard valueField == 3, let number = Decimal(string: text) else { return text }
      return "\(number)"
    }
  }
}
