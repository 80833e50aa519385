/// ODBC's numbers of C types (`SQL_C_…`), by name.
enum CType {
  static let char: Int16 = 1
  static let wchar: Int16 = -8
  static let bit: Int16 = -7
  static let tinyint: Int16 = -6
  static let stinyint: Int16 = -26
  static let utinyint: Int16 = -28
  static let short: Int16 = 5
  static let sshort: Int16 = -15
  static let ushort: Int16 = -17
  static let long: Int16 = 4
  static let slong: Int16 = -16
  static let ulong: Int16 = -18
  static let sbigint: Int16 = -25
  static let ubigint: Int16 = -27
  static let float: Int16 = 7
  static let double: Int16 = 8
  static let numeric: Int16 = 2
  static let binary: Int16 = -2
  static let date: Int16 = 91
  static let time: Int16 = 92
  static let timestamp: Int16 = 93
  static let guid: Int16 = -11
  static let `default`: Int16 = 99
  /// `SQL_ARD_TYPE`: as the application row descriptor says.
  static let ardType: Int16 = -99
  /// `SQL_APD_TYPE`: as the application parameter descriptor says.
  static let apdType: Int16 = -100

  /// Bytes of a value, for the types that have a fixed size; ODBC 2's date-time numbers too.
  static let byteCounts: [Int16: Int] = {
    var counts: [Int16: Int] = [
      bit: 1, tinyint: 1, stinyint: 1, utinyint: 1, short: 2, sshort: 2, ushort: 2, long: 4,
      slong: 4, ulong: 4, sbigint: 8, ubigint: 8, float: 4, double: 8, numeric: 19, date: 6,
      time: 6, timestamp: 16, 9: 6, 10: 6, 11: 16, guid: 16,
    ]
    for interval in Int16(101)...113 { counts[interval] = 28 }
    return counts
  }()

  /// Whether there is such a type.
  static func isKnown(_ type: Int16) -> Bool {
    byteCounts[type] != nil || [char, wchar, binary, `default`].contains(type)
  }
}
