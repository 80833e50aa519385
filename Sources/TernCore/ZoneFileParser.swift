/// Reads zone files.
///
/// Source: RFC 8536, section 3: a file of version 2 or later holds everything twice, first with
/// times of 32 bits for old readers.
enum ZoneFileParser {
  private struct Header {
    var version: UInt8
    var utcCount: Int
    var standardCount: Int
    var leapCount: Int
    var timeCount: Int
    var typeCount: Int
    var charCount: Int

    func byteCount(timeSize: Int) -> Int {
      timeCount * (timeSize + 1) + typeCount * 6 + charCount + leapCount * (timeSize + 4)
        + standardCount + utcCount
    }
  }

  /// More changes, or types, than any zone has.
  private static let countMax = 20_000

  static func parse(_ name: String, _ bytes: Span<UInt8>) throws(TernError) -> ZoneRules {
    var cursor = ByteCursor(bytes)
    var header = try header(&cursor)
    var timeSize = 4
    if header.version >= 2 {
      try cursor.skip(header.byteCount(timeSize: 4), "the old part of a zone file")
      header = try self.header(&cursor)
      timeSize = 8
    }
    let (starts, offsets) = try changes(&cursor, header, timeSize)
    var rule: YearlyZoneRule?
    if timeSize == 8 { rule = try footer(&cursor) }
    return ZoneRules(name: name, starts: starts, offsets: offsets, rule: rule)
  }

  private static func header(_ cursor: inout ByteCursor) throws(TernError) -> Header {
    guard try cursor.bigEndian(4, "a zone file's name") == 0x545A_6966 else {
      throw .badMessage("no TZif file", at: 0)
    }
    let version = try cursor.byte("a version")
    try cursor.skip(15, "a zone file's head")
    var counts: [Int] = []
    for _ in 0..<6 {
      let count = try cursor.bigEndian(4, "a count of a zone file")
      guard count <= countMax else { throw .badMessage("a count", at: cursor.offset) }
      counts.append(Int(count))
    }
    // Versions are digits, and 0 for the first.
    return Header(
      version: version == 0 ? 1 : version &- UInt8(ascii: "0"), utcCount: counts[0],
      standardCount: counts[1], leapCount: counts[2], timeCount: counts[3],
      typeCount: counts[4], charCount: counts[5])
  }

  private static func changes(
    _ cursor: inout ByteCursor, _ header: Header, _ timeSize: Int
  ) throws(TernError) -> (starts: [Int64], offsets: [Int32]) {
    var starts: [Int64] = []
    for _ in 0..<header.timeCount {
      let raw = try cursor.bigEndian(timeSize, "a change")
      let start =
        timeSize == 8 ? Int64(bitPattern: raw) : Int64(Int32(truncatingIfNeeded: raw))
      guard starts.last.map({ $0 < start }) ?? true else {
        throw .badMessage("changes out of order", at: cursor.offset)
      }
      starts.append(start)
    }
    var types: [Int] = []
    for _ in 0..<header.timeCount { types.append(Int(try cursor.byte("a type"))) }
    var offsets: [Int32] = []
    for _ in 0..<header.typeCount {
      let raw = try cursor.bigEndian(4, "an offset")
      let offset = Int32(truncatingIfNeeded: raw)
      guard -172_800...172_800 ~= offset else {
        throw .badMessage("an offset", at: cursor.offset)
      }
      offsets.append(offset)
      try cursor.skip(2, "a type")
    }
    let rest = header.charCount + header.leapCount * (timeSize + 4)
    try cursor.skip(rest + header.standardCount + header.utcCount, "the rest of a zone file")
    guard let first = offsets.first, types.allSatisfy({ $0 < offsets.count }) else {
      throw .badMessage("a type that is not there", at: cursor.offset)
    }
    return (starts, [first] + types.map { offsets[$0] })
  }

  /// The rule between two line ends; nil for an empty one.
  private static func footer(_ cursor: inout ByteCursor) throws(TernError) -> YearlyZoneRule? {
    guard try cursor.byte("a rule") == 0x0A else { throw .badMessage("a rule", at: cursor.offset) }
    var text: [UInt8] = []
    while true {
      let byte = try cursor.byte("a rule")
      if byte == 0x0A { break }
      text.append(byte)
    }
    if text.isEmpty { return nil }
    guard let rule = YearlyZoneRule(String(decoding: text, as: UTF8.self)) else {
      throw .badMessage("a rule", at: cursor.offset)
    }
    return rule
  }
}
