import Tern

/// What SQLGetFunctions answers: the numbers of the functions that are exported and do something.
///
/// Source: `SQL_API_…` of `sql.h` and `sqlext.h`. SQLBulkOperations (24) is exported and always
/// refuses, so it is not among them.
enum SupportedFunctions {
  /// `SQL_API_ODBC3_ALL_FUNCTIONS` and `SQL_API_ALL_FUNCTIONS`.
  private static let all3: UInt16 = 999
  private static let all2: UInt16 = 0

  private static let ranges: [ClosedRange<UInt16>] = [
    4...9, 11...13, 16...21, 40...41, 43...45, 47...49, 52...56, 58...63, 65...68, 70...70,
    72...73, 1_001...1_012, 1_014...1_014, 1_016...1_022,
  ]

  /// The numbers.
  static let numbers = Set(ranges.flatMap { $0 })

  /// SQLGetFunctions: one answer, or all as bits or flags.
  static func answer(_ number: UInt16, _ output: Address) throws(TernError) -> ReturnCode {
    switch number {
    case all3:
      for word in UInt16(0)..<250 {
        var bits: UInt16 = 0
        for bit in UInt16(0)..<16 where numbers.contains(word << 4 | bit) { bits |= 1 << bit }
        output.advanced(by: Int(word) * 2).store(bits)
      }
    case all2:
      for id in UInt16(0)..<100 {
        output.advanced(by: Int(id) * 2).store(UInt16(numbers.contains(id) ? 1 : 0))
      }
    default:
      guard number < 4_000 else {
        throw .usage("there is no function \(number)", .unknownFunction)
      }
      output.store(UInt16(numbers.contains(number) ? 1 : 0))
    }
    return .success
  }
}
