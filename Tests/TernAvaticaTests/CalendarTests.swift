import Foundation
import TernColumns
import TernCore
import TernNet
import Testing

@testable import TernAvatica

@Suite struct CalendarTests {
  /// Trap 15. Numbers that real servers read and took (reference, section 9.4).
  @Test(arguments: [
    (-141_428, -141_438), (-719_164, -719_162), (-141_427, -141_427), (0, 0), (19_723, 19_723),
  ] as [(Int64, Int64)])
  func julianDaysBecomeTheirNamesakes(read: Int64, day: Int64) {
    let calendar = AvaticaCalendar(isJulian: true)
    #expect(calendar.corrected(read, .date32, true) == day)
    #expect(AvaticaCalendar.julianDay(ofProleptic: day) == read)
    let timestamp = DataType.timestamp(.millisecond, zone: nil)
    #expect(calendar.corrected(read * 86_400_000 + 1, timestamp, false) == day * 86_400_000 + 1)
  }

  @Test func julianDatesRoundTrip() throws {
    for day in stride(from: Int64(-2_000_000), to: -141_427, by: 97) {
      let date = try #require(JulianDate(days: day))
      #expect(date.days == day)
      #expect(AvaticaCalendar.julianDay(ofProleptic: AvaticaCalendar.proleptic(day)) == day)
    }
  }

  /// Trap 14. A recorded server in New York wrote the same rows in a first frame and by fetch.
  @Test func firstFrameAndFetchAgreeForTheRecordedServer() throws {
    let zone = try ZoneDirectory.rules(named: "America/New_York")
    let calendar = AvaticaCalendar(zone: zone)
    let exchanges = try Recording.exchanges("avatica-real-session.jsonl")
    let first = try #require(exchanges.first { $0.name == "timezone/select-first-frame" }?.answer)
    let later = try #require(exchanges.first { $0.name == "timezone/fetch-rest" }?.answer)
    let result = (first["results"] as? [[String: Any]])?.first
    let wanted = Self.cells(result?["firstFrame"])
    let got = Self.cells(later["frame"])
    #expect(wanted.count == 8 && got.count == 7)
    let types: [DataType] = [.date32, .time32(.millisecond), .timestamp(.millisecond, zone: nil)]
    var differing: Set<Int64> = []
    for (id, row) in got {
      for (index, type) in types.enumerated() {
        let right = try #require(wanted[id])[index]
        #expect(calendar.corrected(right, type, true) == right)
        if calendar.corrected(row[index], type, false) != right { differing.insert(id) }
      }
    }
    // An undecidable date, and a wall clock that New York never showed.
    #expect(differing.isSubset(of: [3, 8]), "\(differing)")
    #expect(got.contains { wanted[$0.key] != $0.value })
  }

  /// What a server in the zone sends for a day comes back as that day, unless two days share it.
  @Test(arguments: ["Europe/London", "Africa/Abidjan", "Etc/GMT", "America/New_York", "Asia/Kolkata"])
  func daysComeBack(name: String) throws {
    let zone = try ZoneDirectory.rules(named: name)
    let calendar = AvaticaCalendar(zone: zone)
    var wrong = 0
    for day in Int64(-20_000)...20_000 {
      // Another way than the corrector's: the instant of local midnight by its wall clock.
      let midnight = day * 86_400
      let instants = [zone.offsetSeconds(at: midnight - 90_000), zone.offsetSeconds(at: midnight)]
        .map { midnight - $0 }
      let instant = instants.first { $0 + zone.offsetSeconds(at: $0) == midnight } ?? instants[1]
      if calendar.corrected(instant / 86_400, .date32, false) != day { wrong += 1 }
    }
    #expect(wrong <= 60, "\(name): \(wrong)")
  }

  /// Date, time and timestamp of each row by its number.
  private static func cells(_ frame: Any?) -> [Int64: [Int64]] {
    let rows = (frame as? [String: Any])?["rows"] as? [[Any]] ?? []
    var cells: [Int64: [Int64]] = [:]
    for row in rows {
      let numbers = row.prefix(4).compactMap { ($0 as? NSNumber)?.int64Value }
      if numbers.count == 4 { cells[numbers[0]] = Array(numbers[1...]) }
    }
    return cells
  }

  @Test func arraysAndNullsAreCorrectedToo() throws {
    let zone = try ZoneDirectory.rules(named: "America/New_York")
    let builder = BatchBuilder(
      Schema([
        Field("t", .timestamp(.millisecond, zone: nil)),
        Field("l", .list(Field("item", .date32))), Field("n", .int64),
      ]))
    let moment = WideTimestamp(seconds: 1_704_169_800, nanoseconds: 0)
    try builder.append([.timestamp(moment), .list([.date(-1), .null]), 1_704_169_800])
    try builder.append([.null, .null, .null])
    let batch = try AvaticaCalendar(zone: zone).corrected(
      try builder.finish(), isFirstFrame: false)
    #expect(try batch.columns[0].int64(at: 0) == 1_704_151_800_000)
    #expect(try batch.columns[0].isNull(at: 1) && batch.columns[1].isNull(at: 1))
    #expect(try batch.columns[1].list(at: 0).int64(at: 0) == -2)
    #expect(try batch.columns[1].list(at: 0).isNull(at: 1))
    #expect(try batch.columns[2].int64(at: 0) == 1_704_169_800)
  }

  @Test(arguments: [
    ("1.29.0-SNAPSHOT", 29), ("1.8.0", 8), ("1.23", 23),
  ])
  func versionsAreRead(text: String, minor: Int) {
    #expect(AvaticaVersion(["AVATICA_VERSION": text]) == AvaticaVersion(1, minor))
    #expect(AvaticaVersion(["X": "1"]) < AvaticaVersion(1, 8))
    #expect(AvaticaVersion([:]) > AvaticaVersion(1, 29))
  }
}
