/// One column's part of a rowset on its way into the application's memory: walks the rows, takes
/// care of NULLs and cells, and leaves the value to an inlined closure.
struct FetchJob {
  /// Nil when nothing is NULL.
  let validity: SourceBits?
  let rows: Range<Int>
  /// The binding of the first row.
  let target: BoundTarget
  /// The rowset's row that the first row is.
  let firstRow: Int
  let events: ConversionEvents

  /// Writes values of `byteCount` bytes; `body` stores one at an address, which may be null.
  @inline(__always)
  func fixed(_ byteCount: Int, _ body: (_ row: Int, _ address: UInt) -> ConversionOutcome) {
    each { row, address, cell, indicator in
      let outcome = body(row, address)
      if !outcome.isError { setLength(byteCount, cell, indicator) }
      return outcome
    }
  }

  /// Writes values whose length differs; `body` returns the whole length in bytes.
  @inline(__always)
  func variable(
    _ body: (_ row: Int, _ address: UInt) -> (length: Int, outcome: ConversionOutcome)
  ) {
    each { row, address, cell, indicator in
      let (length, outcome) = body(row, address)
      if !outcome.isError { setLength(length, cell, indicator) }
      return outcome
    }
  }

  /// Refuses every value that is not NULL.
  func refuse(_ outcome: ConversionOutcome) { each { _, _, _, _ in outcome } }

  /// Only NULLs.
  func nulls() {
    for index in 0..<rows.count {
      let cells = target.advanced(by: index)
      setNull(firstRow &+ index, cells.indicator == 0 ? cells.lengthCell : cells.indicator)
    }
  }

  /// Copies values that are stored as the application wants them.
  @inline(__always)
  func copy<Value: BitwiseCopyable>(_ cells: SourceCells<Value>) {
    let byteCount = MemoryLayout<Value>.size
    guard validity == nil, target.dataStride == byteCount else {
      return fixed(byteCount) { row, address in
        TargetMemory.store(cells[row], at: address)
        return .exact
      }
    }
    unsafe TargetMemory.copy(cells.bytes(rows), to: target.data)
    setAllLengths(byteCount)
  }

  private func setAllLengths(_ byteCount: Int) {
    guard target.lengthCell != 0 || target.indicator != 0 else { return }
    var (cell, indicator) = (target.lengthCell, target.indicator)
    let stride = UInt(bitPattern: target.cellStride)
    for _ in 0..<rows.count {
      setLength(byteCount, cell, indicator)
      if cell != 0 { cell = cell &+ stride }
      if indicator != 0 { indicator = indicator &+ stride }
    }
  }

  @inline(__always)
  private func each(
    _ body: (
      _ row: Int, _ address: UInt, _ cell: UInt, _ indicator: UInt
    ) -> ConversionOutcome
  ) {
    var (address, cell, indicator) = (target.data, target.lengthCell, target.indicator)
    let dataStride = address == 0 ? 0 : UInt(bitPattern: target.dataStride)
    let cellStride = cell == 0 ? 0 : UInt(bitPattern: target.cellStride)
    let indicatorStride = indicator == 0 ? 0 : UInt(bitPattern: target.cellStride)
    for row in rows {
      if let validity, !validity[row] {
        setNull(firstRow &+ (row &- rows.lowerBound), indicator == 0 ? cell : indicator)
      } else {
        let outcome = body(row, address, cell, indicator)
        if outcome != .exact { events.note(firstRow &+ (row &- rows.lowerBound), outcome) }
      }
      address = address &+ dataStride
      cell = cell &+ cellStride
      indicator = indicator &+ indicatorStride
    }
  }

  @inline(__always)
  private func setLength(_ byteCount: Int, _ cell: UInt, _ indicator: UInt) {
    TargetMemory.store(byteCount, at: cell)
    // An indicator of its own only tells that the value is not NULL.
    if indicator != cell { TargetMemory.store(0, at: indicator) }
  }

  @inline(__always)
  private func setNull(_ row: Int, _ indicator: UInt) {
    if indicator == 0 { events.note(row, .indicatorNeeded) }
    TargetMemory.store(-1, at: indicator)
  }
}
