public import TernColumns

/// One value in pieces: what SQLGetData hands out call by call.
///
/// A statement has one. Reading another column or another row, or as another C type, starts at the
/// beginning of that value. Source: ODBC Programmer's Reference, SQLGetData, "Retrieving
/// Variable-Length Data in Parts".
public final class PartReader {
  /// What a call delivered.
  public enum Part: Hashable, Sendable {
    /// The value was handed out before: `SQL_NO_DATA`.
    case noData
    /// A value or a piece of one; `truncated` when more follows.
    case delivered(ConversionOutcome)
  }

  /// Which value is being read.
  private var key = (row: Int64(-1), column: -1, cType: Int16(0))
  private var isFinished = false
  /// Bytes of the source that were handed out.
  private var offset = 0
  /// Bytes that are left in the target's encoding; -1 before they were counted.
  private var remaining = -1
  /// The value as text, when the column does not hold it as such.
  private var text: [UInt8] = []
  private let events = ConversionEvents()

  /// Starts with no value.
  public init() {}

  /// Forgets the value: the cursor moved.
  public func reset() { key = (-1, -1, 0) }

  /// Writes the value in `row` of `column`, or its next piece.
  ///
  /// - Parameter rowNumber: the row's number in the whole result.
  /// - Parameter columnNumber: from 1.
  /// - Parameter converter: chosen for this column and the C type of the call.
  public func read(
    _ column: Column, row: Int, rowNumber: Int64, columnNumber: Int,
    _ converter: ColumnConverter, to target: BoundTarget
  ) -> Part {
    if key != (rowNumber, columnNumber, converter.request.cType) {
      key = (rowNumber, columnNumber, converter.request.cType)
      (isFinished, offset, remaining) = (false, 0, -1)
    }
    if isFinished { return .noData }
    guard converter.target.byteCount == nil, (try? column.isNull(at: row)) == false else {
      return whole(column, row, converter, target)
    }
    switch converter.family {
    case .text: return unsafe piece(column.rawBytes(at: row), converter, target)
    case .bytes where converter.target == .binary:
      return unsafe piece(column.rawBytes(at: row), converter, target)
    case .bytes: return unsafe hexPiece(column.rawBytes(at: row), converter, target)
    case .json, .mixed, .integer, .decimal, .approximate, .bool, .date, .time, .timestamp,
      .months, .elapsed, .guid:
      return rendered(column, row, converter, target)
    case .null: return whole(column, row, converter, target)
    }
  }

  /// Values of fixed size and NULLs come at once; after an error the value can be read again.
  private func whole(
    _ column: Column, _ row: Int, _ converter: ColumnConverter, _ target: BoundTarget
  ) -> Part {
    events.removeAll()
    converter.write(column, row..<row &+ 1, to: target, firstRow: 0, events)
    if events.isEmpty {
      isFinished = true
      return .delivered(.exact)
    }
    let outcome = events.all.first?.outcome ?? .exact
    isFinished = !outcome.isError
    return .delivered(outcome)
  }

  /// Numbers, moments and structures: most fit at once, the others are kept as text.
  private func rendered(
    _ column: Column, _ row: Int, _ converter: ColumnConverter, _ target: BoundTarget
  ) -> Part {
    let isWide = converter.target == .wchar
    let isNative =
      converter.target == .binary && converter.family != .json
      && converter.family != .mixed
    if isNative { return whole(column, row, converter, target) }
    let isProbe = target.data == 0 || target.bufferLength < (isWide ? 4 : 2)
    if offset == 0, !isProbe, converter.family != .json, converter.family != .mixed {
      // Nearly all fit at once. Digits before the point that do not fit are refused, not cut.
      let part = whole(column, row, converter, target)
      if part != .delivered(.truncated) { return part }
      isFinished = false
    }
    if remaining < 0 {
      text.removeAll(keepingCapacity: true)
      let outcome = converter.textOfCell(column, row, to: &text)
      guard outcome == .exact else { return .delivered(outcome) }
    }
    // Sound here and below: the bytes are only read before the closure returns.
    return unsafe text.withUnsafeBytes { bytes in
      return unsafe piece(bytes, converter, target)
    }
  }

  private func piece(
    _ bytes: UnsafeRawBufferPointer?, _ converter: ColumnConverter, _ target: BoundTarget
  ) -> Part {
    guard let bytes = unsafe limited(bytes, converter), offset <= bytes.count else {
      return .delivered(.corrupt)
    }
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
    let isWide = converter.target == .wchar
    if remaining < 0 {
      remaining = isWide ? unsafe UTF16Text.unitCount(rest) &* 2 : rest.count
    }
    store(remaining, target)
    let (read, written) = unsafe transfer(rest, converter.target, target)
    return advance(read, written)
  }

  /// Writes what fits; returns bytes of the source and of the target.
  private func transfer(
    _ rest: UnsafeRawBufferPointer, _ cTarget: CTarget, _ target: BoundTarget
  ) -> (read: Int, written: Int) {
    guard target.data != 0 else { return (0, 0) }
    let capacity = max(0, target.bufferLength)
    switch cTarget {
    case .wchar:
      guard capacity >= 2 else { return (0, 0) }
      let room = capacity >> 1 &- 1
      let (bytes, units) = unsafe UTF16Text.widen(rest, to: target.data, unitCountMax: room)
      TargetMemory.store(UInt16(0), at: target.data &+ UInt(bitPattern: units &* 2))
      return (bytes, units &* 2)
    case .binary:
      let count = min(rest.count, capacity)
      unsafe TargetMemory.copy(UnsafeRawBufferPointer(rebasing: rest[0..<count]), to: target.data)
      return (count, count)
    default:
      guard capacity >= 1 else { return (0, 0) }
      let cut = unsafe TextTransfer.clipped(rest, capacity &- 1)
      unsafe TargetMemory.copy(cut, to: target.data)
      TargetMemory.store(UInt8(0), at: target.data &+ UInt(bitPattern: cut.count))
      return (cut.count, cut.count)
    }
  }

  private func hexPiece(
    _ bytes: UnsafeRawBufferPointer?, _ converter: ColumnConverter, _ target: BoundTarget
  ) -> Part {
    let unit = converter.target == .wchar ? 2 : 1
    guard let bytes = unsafe bytes, offset <= bytes.count else { return .delivered(.corrupt) }
    let most = converter.request.byteCountMax
    let count = most > 0 ? min(bytes.count, most / (2 * unit)) : bytes.count
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[min(offset, count)..<count])
    remaining = rest.count * 2 * unit
    store(remaining, target)
    guard target.data != 0, target.bufferLength >= unit else { return advance(0, 0) }
    let room = (target.bufferLength / unit - 1) / 2
    let now = unsafe UnsafeRawBufferPointer(rebasing: rest[0..<min(rest.count, room)])
    _ = unsafe HexText.write(
      now, isWide: unit == 2, at: target.data, capacity: target.bufferLength, byteCountMax: 0)
    return advance(now.count, now.count * 2 * unit)
  }

  private func advance(_ read: Int, _ written: Int) -> Part {
    offset &+= read
    remaining &-= written
    isFinished = remaining == 0
    return .delivered(isFinished ? .exact : .truncated)
  }

  private func store(_ length: Int, _ target: BoundTarget) {
    TargetMemory.store(length, at: target.lengthCell)
    if target.indicator != target.lengthCell { TargetMemory.store(0, at: target.indicator) }
  }

  /// `SQL_ATTR_MAX_LENGTH` hides the end of the value.
  private func limited(
    _ bytes: UnsafeRawBufferPointer?, _ converter: ColumnConverter
  ) -> UnsafeRawBufferPointer? {
    let most = converter.request.byteCountMax
    guard let bytes = unsafe bytes, most > 0 else { return unsafe bytes }
    switch converter.target {
    case .wchar:
      let end = unsafe UTF16Text.widen(bytes, to: 0, unitCountMax: most >> 1).bytes
      return unsafe UnsafeRawBufferPointer(rebasing: bytes[0..<end])
    case .binary: return unsafe UnsafeRawBufferPointer(rebasing: bytes.prefix(most))
    default: return unsafe TextTransfer.clipped(bytes, most)
    }
  }
}

extension ColumnConverter {
  /// The text that SQLGetData hands out in pieces.
  func textOfCell(_ column: Column, _ row: Int, to text: inout [UInt8]) -> ConversionOutcome {
    guard family == .guid else { return append(column, row, to: &text) }
    guard let value = unsafe column.rawBytes(at: row).flatMap({ unsafe GUIDStructure($0) }) else {
      return .corrupt
    }
    text += value.text
    return .exact
  }
}
