import TernColumns
import TernCore

// Text, bytes and identifiers into C types.
extension ColumnConverter {
  func texts(_ column: Column, _ job: FetchJob) {
    if column.type == .utf8 {
      guard let cells = SourceBytes<Int32>(column) else { return job.refuse(.corrupt) }
      unsafe texts(column, job) { row in unsafe cells[row] }
    } else {
      guard let cells = SourceBytes<Int64>(column) else { return job.refuse(.corrupt) }
      unsafe texts(column, job) { row in unsafe cells[row] }
    }
  }

  // Sound in all that follows: the bytes that `read` gives live as long as the column, which the
  // job holds, and no closure keeps them.
  @inline(__always)
  private func texts(_ column: Column, _ job: FetchJob, _ read: (Int) -> UnsafeRawBufferPointer) {
    let capacity = job.target.bufferLength
    let most = request.byteCountMax
    switch target {
    case .char:
      job.variable { row, address in
        unsafe TextTransfer.narrow(
          read(row), at: address, capacity: capacity, byteCountMax: most)
      }
    case .wchar:
      job.variable { row, address in
        unsafe TextTransfer.wide(read(row), at: address, capacity: capacity, byteCountMax: most)
      }
    case .binary:
      job.variable { row, address in
        unsafe TextTransfer.binary(
          read(row), at: address, capacity: capacity, byteCountMax: most)
      }
    default: unsafe parsed(column, job, read)
    }
  }

  /// Text that is read as a value.
  private func parsed(_ column: Column, _ job: FetchJob, _ read: (Int) -> UnsafeRawBufferPointer) {
    switch target {
    case .float, .double:
      real(column, job) { row in
        guard let value = unsafe TextValue.double(read(row)) else { return (0, .invalidCast) }
        return (value, .exact)
      }
    case .date, .time, .timestamp:
      moments(column, job) { row in unsafe TextValue.moment(read(row), today: request.today) }
    case .interval(let kind):
      intervals(column, job) { row in unsafe TextValue.interval(read(row), kind) }
    case .guid:
      job.fixed(16) { row, address in
        guard let value = unsafe GUIDStructure(text: read(row)) else { return .invalidCast }
        value.store(at: address)
        return .exact
      }
    default:
      exactNumber(column, job) { row in unsafe TextValue.decimal(read(row), isBit: target == .bit) }
    }
  }

  func bytes(_ column: Column, _ job: FetchJob) {
    switch column.type {
    case .binary:
      guard let cells = SourceBytes<Int32>(column) else { return job.refuse(.corrupt) }
      unsafe bytes(column, job) { row in unsafe cells[row] }
    case .largeBinary:
      guard let cells = SourceBytes<Int64>(column) else { return job.refuse(.corrupt) }
      unsafe bytes(column, job) { row in unsafe cells[row] }
    default:
      unsafe bytes(column, job) { row in
        unsafe column.rawBytes(at: row) ?? UnsafeRawBufferPointer(start: nil, count: 0)
      }
    }
  }

  @inline(__always)
  private func bytes(_ column: Column, _ job: FetchJob, _ read: (Int) -> UnsafeRawBufferPointer) {
    let capacity = job.target.bufferLength
    let most = request.byteCountMax
    let isWide = target == .wchar
    job.variable { row, address in
      let bytes = unsafe read(row)
      if target == .binary {
        return unsafe TextTransfer.binary(
          bytes, at: address, capacity: capacity, byteCountMax: most)
      }
      return unsafe HexText.write(
        bytes, isWide: isWide, at: address, capacity: capacity, byteCountMax: most)
    }
  }

  func guids(_ column: Column, _ job: FetchJob) {
    let capacity = job.target.bufferLength
    switch target {
    case .guid:
      job.fixed(16) { row, address in
        guard let value = unsafe column.rawBytes(at: row).flatMap({ unsafe GUIDStructure($0) })
        else { return .corrupt }
        value.store(at: address)
        return .exact
      }
    case .char, .wchar:
      job.variable { row, address in
        guard let value = unsafe column.rawBytes(at: row).flatMap({ unsafe GUIDStructure($0) })
        else { return (0, .corrupt) }
        return unsafe value.text.withUnsafeBytes { text in
          unsafe Self.transfer(text, target, address, capacity, request.byteCountMax)
        }
      }
    default: native(column, job, as: CType.guid)
    }
  }
}
