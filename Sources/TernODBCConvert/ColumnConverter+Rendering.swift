import TernColumns
import TernCore

// Values that become text on the way.
extension ColumnConverter {
  /// Numbers, as digits.
  @inline(__always)
  func ascii(_ job: FetchJob, _ render: (_ row: Int, _ text: inout ASCIIText) -> Void) {
    let capacity = job.target.bufferLength
    let isWide = target == .wchar
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ASCIIText.capacity) { memory in
      guard let start = memory.baseAddress else { return job.refuse(.corrupt) }
      // Sound: the memory lives as long as this closure, and `text` does not leave it.
      var text = unsafe ASCIIText(start)
      job.variable { row, address in
        text.removeAll()
        render(row, &text)
        return unsafe TextTransfer.ascii(
          text.bytes, isWide: isWide, at: address, capacity: capacity)
      }
    }
  }

  /// Any value in its canonical text.
  func rendered(_ column: Column, _ job: FetchJob) {
    var text: [UInt8] = []
    text.reserveCapacity(64)
    let capacity = job.target.bufferLength
    let (target, family) = (target, family)
    let isNumeric = family != .json && family != .mixed && target != .binary
    job.variable { row, address in
      text.removeAll(keepingCapacity: true)
      let outcome = append(column, row, to: &text)
      guard outcome == .exact else { return (0, outcome) }
      // Sound: the bytes are read inside the closure only.
      return unsafe text.withUnsafeBytes { bytes in
        if isNumeric {
          return unsafe TextTransfer.ascii(
            bytes, isWide: target == .wchar, at: address, capacity: capacity)
        }
        return unsafe Self.transfer(bytes, target, address, capacity, request.byteCountMax)
      }
    }
  }

  /// Appends the text that `SQL_C_CHAR` shows.
  func append(_ column: Column, _ row: Int, to text: inout [UInt8]) -> ConversionOutcome {
    do throws(TernError) {
      switch family {
      case .timestamp: try appendTimestamp(column, row, to: &text)
      case .bool where !request.isBooleanText:
        text.append(try column.bool(at: row) ? 0x31 : 0x30)
      default:
        try column.appendText(at: row, digits: request.decimalDigits.map { Int($0) }, to: &text)
      }
      return .exact
    } catch {
      return ConversionOutcome(error)
    }
  }

  private func appendTimestamp(
    _ column: Column, _ row: Int, to text: inout [UInt8]
  ) throws(TernError) {
    var moment = try column.timestamp(at: row)
    var digits = 9
    var showsOffset = false
    switch column.type {
    case .timestamp(let unit, let zone):
      digits = unit.fractionDigits
      if zone != nil { moment.seconds &+= request.zone.offsetSeconds(at: moment.seconds) }
    case .wideTimestamp(let own, let zone):
      digits = own
      showsOffset = zone != nil
      if request.showsUTC { moment.offsetMinutes = 0 }
    default: break
    }
    MomentText.append(
      moment, digits: request.decimalDigits.map { Int($0) } ?? digits, showsOffset: showsOffset,
      to: &text)
  }

  /// Bytes of text into whichever of the three C types.
  @inline(__always)
  static func transfer(
    _ bytes: UnsafeRawBufferPointer, _ target: CTarget, _ address: UInt, _ capacity: Int,
    _ byteCountMax: Int
  ) -> TextTransfer.Result {
    switch target {
    case .wchar:
      unsafe TextTransfer.wide(
        bytes, at: address, capacity: capacity, byteCountMax: byteCountMax)
    case .binary:
      unsafe TextTransfer.binary(
        bytes, at: address, capacity: capacity, byteCountMax: byteCountMax)
    default:
      unsafe TextTransfer.narrow(
        bytes, at: address, capacity: capacity, byteCountMax: byteCountMax)
    }
  }
}
