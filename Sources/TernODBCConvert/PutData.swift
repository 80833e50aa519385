import TernCore

/// The value of one parameter that the application sends in pieces.
struct PutData {
  /// Bytes that all pieces of an execution may have together.
  static let byteCountMax = 1 << 30

  private(set) var bytes: [UInt8] = []
  private(set) var isNull = false
  private(set) var hasData = false

  /// Takes a piece over.
  ///
  /// - Parameter length: bytes, `SQL_NTS` or `SQL_NULL_DATA`.
  /// - Throws: HY009, HY019, HY020 or HY090, with the value as it was; HY001 over `budget`.
  mutating func append(
    at address: UInt, _ length: Int, _ target: CTarget, budget: Int
  ) throws(TernError) {
    guard !isNull, length != -1 || !hasData else {
      throw .usage("NULL has no pieces", SQLState("HY020") ?? .sequence)
    }
    if length == -1 {
      (isNull, hasData) = (true, true)
      return
    }
    let count = try byteCount(at: address, length, target)
    guard target.byteCount == nil || !hasData else {
      throw .usage("only text and bytes come in pieces", SQLState("HY019") ?? .sequence)
    }
    guard address != 0 || count == 0 else {
      throw .usage("the piece's pointer is null", .nullArgument)
    }
    guard count <= budget else {
      throw .overBudget("a parameter's pieces hold more than \(PutData.byteCountMax) bytes")
    }
    // Sound: ODBC obliges the application to pass that many bytes, which are copied at once.
    unsafe bytes.append(contentsOf: TargetMemory.bytes(at: address, count: count))
    hasData = true
  }

  private func byteCount(
    at address: UInt, _ length: Int, _ target: CTarget
  ) throws(TernError) -> Int {
    if let byteCount = target.byteCount { return byteCount }
    if length >= 0 { return length }
    guard length == -3, target != .binary else {
      throw .usage("a piece of \(length) bytes", .invalidLength)
    }
    return ParameterEncoder.terminatedByteCount(at: address, target)
  }
}
