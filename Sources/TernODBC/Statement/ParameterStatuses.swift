/// Where an execution with parameter sets reports: how many were looked at, and how each went.
struct ParameterStatuses {
  static let success: UInt16 = 0
  static let unavailable: UInt16 = 1
  static let error: UInt16 = 5
  static let unused: UInt16 = 7

  /// Receives the number of sets; may be null.
  let processed: Address
  /// Sets of the execution.
  let setCount: Int
  private let array: Address

  /// As the implementation parameter descriptor says.
  init(_ header: DescriptorHeader, setCount: Int) {
    processed = header.rowsProcessed
    array = header.arrayStatus
    self.setCount = setCount
  }

  /// Gives every set the same status.
  func writeAll(_ status: UInt16) {
    if !array.isNull { write(status, sets: Array(0..<setCount)) }
  }

  /// Gives some sets a status.
  func write(_ status: UInt16, sets: [Int]) {
    guard !array.isNull else { return }
    for set in sets where set >= 0 && set < setCount {
      array.advanced(by: set &* 2).store(status)
    }
  }
}
