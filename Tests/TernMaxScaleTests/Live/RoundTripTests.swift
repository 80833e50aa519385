import Foundation
import TernColumns
import TernCore
import TernDriver
import TernTestKit
import Testing

@testable import TernMaxScale

/// A generator that gives the same numbers every time (SplitMix64).
private struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension LiveTests {
  /// Whatever goes in as a parameter comes back, in every type, under every mode.
  @Suite struct RoundTrips {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    private struct Kind: Sendable {
      let declaration: String
      let type: DataType
      let make: @Sendable (inout Numbers) throws -> Value
    }

    private static let characters = Array(
      "'\"\\`?%_;-#/*!\u{0}\u{1}\u{7f}\n\r\t abcZ09éЖ漢😀\u{10FFFF}\u{FFFD}\u{300}".unicodeScalars)

    private static func text(_ numbers: inout Numbers) -> String {
      let count = Int.random(in: 0...20, using: &numbers)
      var text = ""
      for _ in 0..<count {
        text.unicodeScalars.append(characters.randomElement(using: &numbers) ?? "x")
      }
      return text
    }

    private static func digits(_ count: Int, _ numbers: inout Numbers) -> String {
      (0..<count).map { _ in "\(Int.random(in: 0...9, using: &numbers))" }.joined()
    }

    private static let kinds: [Kind] = [
      Kind(declaration: "TINYINT", type: .int8) { .integer(.random(in: -128...127, using: &$0)) },
      Kind(declaration: "SMALLINT UNSIGNED", type: .uint16) {
        .integer(.random(in: 0...65_535, using: &$0))
      },
      Kind(declaration: "INT", type: .int32) {
        .integer([Int64(Int32.min), Int64(Int32.max), 0, -1].randomElement(using: &$0) ?? 0)
      },
      Kind(declaration: "BIGINT", type: .int64) {
        .integer(.random(in: .min ... .max, using: &$0))
      },
      Kind(declaration: "BIGINT UNSIGNED", type: .uint64) {
        let number = UInt64.random(in: .min ... .max, using: &$0) | 1 << 63
        return Bool.random(using: &$0) ? .unsigned(.max) : .unsigned(number)
      },
      Kind(declaration: "DECIMAL(65,30)", type: .decimal256(precision: 65, scale: 30)) {
        let sign = Bool.random(using: &$0) ? "-" : ""
        return .decimal(try #require(DecimalValue("\(sign)1\(digits(34, &$0)).\(digits(30, &$0))")))
      },
      Kind(declaration: "DECIMAL(10,2)", type: .decimal128(precision: 10, scale: 2)) {
        .decimal(
          DecimalValue(unscaled: .random(in: -9_999_999_999...9_999_999_999, using: &$0), scale: 2))
      },
      Kind(declaration: "DOUBLE", type: .float64) {
        while true {
          let value = Double(bitPattern: $0.next())
          // The server flushes denormal numbers and signs of zero to 0.
          if value.isNormal { return .double(value) }
        }
      },
      Kind(declaration: "FLOAT", type: .float32) {
        while true {
          let value = Float(bitPattern: UInt32(truncatingIfNeeded: $0.next()))
          if value.isNormal { return .double(Double(value)) }
        }
      },
      Kind(declaration: "DATE", type: .date32) {
        .date(Int32.random(in: -719_162...2_932_896, using: &$0))
      },
      Kind(declaration: "TIME(6)", type: .time64(.microsecond)) {
        .time(.random(in: 0..<86_400_000_000, using: &$0) * 1_000)
      },
      Kind(declaration: "DATETIME(6)", type: .timestamp(.microsecond, zone: nil)) {
        .timestamp(
          WideTimestamp(
            seconds: .random(in: -62_135_596_800...253_402_300_799, using: &$0),
            nanoseconds: .random(in: 0...999_999, using: &$0) * 1_000))
      },
      Kind(declaration: "TIMESTAMP(6) NULL", type: .timestamp(.microsecond, zone: "UTC")) {
        .timestamp(
          WideTimestamp(
            seconds: .random(in: 1...2_147_483_647, using: &$0),
            nanoseconds: .random(in: 0...999_999, using: &$0) * 1_000))
      },
      Kind(declaration: "VARCHAR(40)", type: .utf8) { .text(text(&$0)) },
      Kind(declaration: "LONGTEXT", type: .utf8) { .text(text(&$0)) },
      Kind(declaration: "VARCHAR(40) COLLATE utf8mb4_bin", type: .utf8) { .text(text(&$0)) },
      Kind(declaration: "VARCHAR(40) CHARACTER SET utf16", type: .utf8) { .text(text(&$0)) },
      Kind(declaration: "VARBINARY(40)", type: .binary) {
        let count = Int.random(in: 0...40, using: &$0)
        var bytes: [UInt8] = []
        for _ in 0..<count { bytes.append(UInt8(truncatingIfNeeded: $0.next())) }
        return .bytes(bytes)
      },
      Kind(declaration: "LONGBLOB", type: .binary) {
        .bytes(Array(text(&$0).utf8) + [0, 255])
      },
      Kind(declaration: "BIT(64)", type: .fixedSizeBinary(8)) {
        var bytes: [UInt8] = []
        for _ in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: $0.next())) }
        return .bytes(bytes)
      },
      Kind(declaration: "JSON", type: .utf8) {
        let characters = text(&$0).unicodeScalars.filter {
          $0.value >= 0x20 && $0 != "\"" && $0 != "\\"
        }
        var quoted = ""
        quoted.unicodeScalars.append(contentsOf: characters)
        return .text("{\"k\": [1, \"\(quoted)\"]}")
      },
    ]

    @Test(
      arguments: Standin.releases,
      ["STRICT_ALL_TABLES", "NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES", "ANSI,STRICT_ALL_TABLES"])
    func everyValueComesBack(port: String, mode: String) throws {
      var numbers = Numbers(state: UInt64(port.utf8.count &* 7919 &+ mode.utf8.count))
      let connection = try server.connect("session_init=SET%20sql_mode='\(mode)'", at: port)
      defer { connection.close() }
      let names = Self.kinds.indices.map { "c\($0)" }
      let list = zip(names, Self.kinds).map { "\($0) \($1.declaration)" }.joined(separator: ", ")
      try connection.execute("CREATE OR REPLACE TABLE trips(id INT PRIMARY KEY, \(list))").close()
      var rows: [[Value]] = []
      for row in 0..<200 {
        var values: [Value] = [.integer(Int64(row))]
        for kind in Self.kinds {
          let isNull = Int.random(in: 0..<10, using: &numbers) == 0
          values.append(isNull ? .null : try kind.make(&numbers))
        }
        rows.append(values)
      }
      let fields = [Field("id", .int32)] + zip(names, Self.kinds).map { Field($0, $1.type) }
      let builder = BatchBuilder(Schema(fields))
      for row in rows { try builder.append(row) }
      let statement = connection.makeStatement()
      let marks = fields.map { _ in "?" }.joined(separator: ",")
      try statement.prepare("INSERT INTO trips VALUES (\(marks))")
      statement.bind(try builder.finish())
      #expect(try statement.execute().rowsChanged == 200)
      let result = try connection.execute("SELECT * FROM trips ORDER BY id")
      #expect(result.columns.map(\.dataType) == fields.map(\.type))
      let back = try result.rows()
      #expect(back.count == 200)
      for (got, wanted) in zip(back, rows) {
        for (index, name) in (["id"] + names).enumerated() {
          #expect(got[index] == wanted[index], "\(name), row \(wanted[0])")
        }
      }
    }
  }
}
