import Foundation
import TernColumns
import TernCore
import TernDriver
import Testing

@testable import TernMaxScale

/// Every answer that real servers of both releases gave, through the readers.
struct RecordedTests {
  @Test func allExchangesAreThere() { #expect(Recording.exchanges.count == 555) }

  /// Each exchange has one reading: results, a connection, a token, a list, nothing, or an error.
  @Test func everyExchangeIsReadAsWhatItIs() throws {
    var counts: [String: Int] = [:]
    for exchange in Recording.exchanges {
      let kind = try reading(exchange)
      counts[kind, default: 0] += 1
    }
    #expect(counts.values.reduce(0, +) == 555)
    #expect(counts["error"] == Recording.exchanges.filter { $0.status >= 400 }.count)
    #expect((counts["results"] ?? 0) > 330)
    #expect((counts["opened"] ?? 0) > 25)
  }

  private func reading(_ exchange: Exchange) throws -> String {
    let name = exchange.name
    if exchange.status >= 400 {
      let error = MaxScaleErrors.http(exchange.status, exchange.body)
      #expect(error.sqlState.isFailure && !error.message.contains("<html"), "\(name)")
      return "error"
    }
    if exchange.isQuery {
      let results = try MaxScaleReply.results(try JSONReader(exchange.body))
      #expect((results == nil) == (exchange.results == nil), "\(name)")
      #expect((exchange.status == 202) == (results == nil), "\(name)")
      return results == nil ? "running" : "results"
    }
    let data = exchange.answer?["data"] as? [String: Any]
    if data?["type"] as? String == "sql", exchange.answer?["meta"] != nil {
      let opened = try MaxScaleOpened(exchange.body, receivedAt: 0)
      #expect(opened.token.connectionID == data?["id"] as? String, "\(name)")
      let attributes = data?["attributes"] as? [String: Any]
      #expect(opened.threadID == (attributes?["thread_id"] as? NSNumber)?.int64Value ?? 0)
      #expect(opened.token.end.nanoseconds > 0 && !opened.token.end.isNever, "\(name)")
      return "opened"
    }
    if exchange.path.hasPrefix("/v1/auth"), exchange.status == 200, !exchange.body.isEmpty {
      #expect(try MaxScaleReply.authToken(exchange.body) != nil, "\(name)")
      return "token"
    }
    return exchange.body.isEmpty ? "nothing" : "other"
  }

  @Test("trap 35: rows, names, types and counts are those that another parser finds")
  func everyResultHasTheValuesOfTheDocument() throws {
    var cellCount = 0
    for exchange in Recording.exchanges where exchange.isQuery && exchange.status == 201 {
      let expected = try #require(exchange.results, "\(exchange.name)")
      let results = try #require(try MaxScaleReply.results(try JSONReader(exchange.body)))
      #expect(results.count == expected.count, "\(exchange.name)")
      for (result, wanted) in zip(results, expected) {
        switch result {
        case .failed(let fault):
          #expect(fault.number == (wanted["errno"] as? NSNumber)?.int64Value, "\(exchange.name)")
          #expect(fault.message == wanted["message"] as? String)
          #expect(fault.sqlState == wanted["sqlstate"] as? String)
        case .changed(let change):
          let number = { (key: String) in (wanted[key] as? NSNumber)?.int64Value }
          #expect(change.affectedRows == number("affected_rows"), "\(exchange.name)")
          #expect(change.lastInsertID == UInt64(bitPattern: number("last_insert_id") ?? 0))
          #expect(change.warningCount == number("warnings"))
        case .rows(let rows):
          #expect(rows.isComplete == wanted["complete"] as? Bool, "\(exchange.name)")
          #expect(rows.names == wanted["fields"] as? [String], "\(exchange.name)")
          #expect(rows.columns?.count == (wanted["metadata"] as? [Any])?.count)
          // Rows of ODBC sources are shorter than their columns; the driver offers none.
          if exchange.name.hasPrefix("odbc.") { continue }
          cellCount += try compare(rows, wanted, exchange.name)
        }
      }
    }
    #expect(cellCount > 5_000)
    let huge = try #require(Recording.named("dml.u64_last_insert_id"))
    guard case .changed(let change)? = try MaxScaleReply.results(JSONReader(huge.body))?.last
    else {
      Issue.record("no count")
      return
    }
    #expect(change.lastInsertID > UInt64(Int64.max))
  }

  /// Decodes the rows as they came and compares them; returns how many values there were.
  private func compare(
    _ rows: MaxScaleRows, _ wanted: [String: Any], _ name: String
  ) throws -> Int {
    var rules = MaxScaleTypeRules()
    rules.zeroDate = .text
    rules.timeIsDuration = true
    let described = rows.columns?.map { MaxScaleType($0, isBinary: false) }
    let types = try described ?? MaxScaleKinds.types(rows)
    let fields = zip(rows.names, types).map { Field($0, $1.shape(rules, isExact: false).type) }
    let decoder = try ColumnDecoder(
      Schema(fields), formats: types.map { $0.shape(rules, isExact: false).format })
    let reader = try JSONReader(rows.data)
    try decoder.beginRows(reader)
    let batch = try decoder.rows(from: reader)
    let cells = wanted["data"] as? [[Any]] ?? []
    #expect(batch?.rowCount ?? 0 == cells.count, "\(name)")
    for (row, values) in cells.enumerated() {
      for (index, value) in values.enumerated() {
        let column = try #require(batch?.columns[index])
        #expect(
          try Self.isSame(column, row, value), "\(name), row \(row), \(rows.names[index]): \(value)"
        )
      }
    }
    return cells.reduce(0) { $0 + $1.count }
  }

  /// Whether a decoded value is the one of the document.
  private static func isSame(_ column: Column, _ row: Int, _ value: Any) throws -> Bool {
    if value is NSNull { return try column.isNull(at: row) }
    if try column.isNull(at: row) { return false }
    if let text = value as? String {
      switch column.type {
      case .utf8: return try column.text(at: row) == text
      case .binary: return try column.bytes(at: row) == Array(text.utf8)
      case .int16: return try Int64(text) == column.int64(at: row)
      case .decimal128, .decimal256:
        return try DecimalValue(text) == column.decimal(at: row)
      default:
        // Dates and times: the digits are the same, whatever stands between them.
        let digits = { (text: String) in text.filter { $0.isNumber }.drop { $0 == "0" } }
        if case .duration = column.type { return true }
        return try digits(column.text(at: row)).hasPrefix(digits(text))
      }
    }
    let number = value as? NSNumber
    switch column.type {
    // The other parser's own doubles are not the nearest ones; its digits are.
    case .float32: return try Float(column.double(at: row)) == Float(number?.stringValue ?? "")
    case .float64: return try column.double(at: row) == Double(number?.stringValue ?? "")
    default: return try column.int64(at: row) == number?.int64Value
    }
  }

  /// The SQLSTATE of each number in the recording, from the table of the reference.
  private static let states: [Int64: String] = [
    1007: "HY000", 1044: "42000", 1046: "3D000", 1048: "23000", 1049: "42000", 1050: "42S01",
    1051: "42S02", 1052: "23000", 1054: "42S22", 1060: "42S21", 1062: "23000", 1064: "42000",
    1065: "42000", 1136: "21S01", 1142: "42000", 1146: "42S02", 1193: "HY000", 1210: "07001",
    1242: "21000", 1264: "22003", 1265: "22018", 1300: "HY000", 1305: "42000", 1317: "HY008",
    1364: "23000", 1366: "22007", 1406: "22001", 1452: "23000", 1525: "22007", 1643: "HY000",
    1690: "22003", 1792: "25006", 1927: "08S01", 1969: "HYT00", 2006: "08S01", 2013: "08S01",
    4025: "23000", 4166: "HY000", 5000: "45000",
  ]

  @Test("traps 3, 4 and 24: errors come as 201, some with states of success")
  func everyErrorObjectHasItsClass() throws {
    var seen: Set<Int64> = []
    for exchange in Recording.exchanges where exchange.isQuery && exchange.status == 201 {
      for case .failed(let fault) in try MaxScaleReply.results(JSONReader(exchange.body)) ?? [] {
        let error = MaxScaleErrors.error(fault)
        #expect(error.sqlState.text == Self.states[fault.number], "\(exchange.name)")
        #expect(error.vendorCode == Int32(fault.number))
        #expect((error.kind == .connection) == (error.sqlState == .linkFailure))
        seen.insert(fault.number)
      }
    }
    #expect(seen == Set(Self.states.keys))
  }
}
