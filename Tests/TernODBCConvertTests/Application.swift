import TernColumns
import TernCore

@testable import TernODBCConvert

/// An application's buffers: values, lengths and guard bytes around both.
@safe final class Application {
  static let guardByte: UInt8 = 0xA5
  private static let margin = 32
  private let memory: UnsafeMutableRawPointer
  private let cells: UnsafeMutablePointer<Int>
  let rowCount: Int
  let stride: Int
  let bufferLength: Int

  init(rowCount: Int, bufferLength: Int, stride: Int? = nil) {
    self.rowCount = rowCount
    self.bufferLength = bufferLength
    self.stride = stride ?? bufferLength
    let byteCount = rowCount * self.stride + 2 * Self.margin
    unsafe memory = .allocate(byteCount: byteCount, alignment: 8)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: Self.guardByte, count: byteCount)
    unsafe cells = .allocate(capacity: rowCount)
    unsafe cells.initialize(repeating: -77, count: rowCount)
  }

  deinit {
    unsafe memory.deallocate()
    unsafe cells.deallocate()
  }

  var data: UInt { unsafe UInt(bitPattern: memory + Self.margin) }
  var cell: UInt { unsafe UInt(bitPattern: cells) }

  var target: BoundTarget {
    BoundTarget(
      data: data, dataStride: stride, bufferLength: bufferLength, indicator: cell,
      lengthCell: cell)
  }

  func length(_ row: Int) -> Int { unsafe cells[row] }
  func setLength(_ row: Int, _ length: Int) { unsafe cells[row] = length }

  func bytes(_ row: Int, count: Int? = nil) -> [UInt8] {
    (0..<(count ?? stride)).map {
      unsafe memory.load(fromByteOffset: Self.margin + row * stride + $0, as: UInt8.self)
    }
  }

  func value<Value: BitwiseCopyable>(_ row: Int, _ type: Value.Type, at offset: Int = 0) -> Value {
    unsafe memory.loadUnaligned(
      fromByteOffset: Self.margin + row * stride + offset, as: Value.self)
  }

  func set(_ row: Int, _ bytes: [UInt8], at offset: Int = 0) {
    for (index, byte) in bytes.enumerated() {
      unsafe memory.storeBytes(
        of: byte, toByteOffset: Self.margin + row * stride + offset + index, as: UInt8.self)
    }
  }

  func set<Value: BitwiseCopyable>(_ row: Int, value: Value, at offset: Int = 0) {
    unsafe memory.storeBytes(
      of: value, toByteOffset: Self.margin + row * stride + offset, as: Value.self)
  }

  /// Whether nothing was written outside of the rows.
  var isIntact: Bool {
    let end = Self.margin + rowCount * stride
    return (0..<Self.margin).allSatisfy { offset in
      unsafe memory.load(fromByteOffset: offset, as: UInt8.self) == Self.guardByte
        && memory.load(fromByteOffset: end + offset, as: UInt8.self) == Self.guardByte
    }
  }
}

/// A column of some values.
func column(_ type: DataType, _ values: [Value]) throws -> Column {
  let builder = ColumnBuilder(type)
  for value in values { try builder.append(value) }
  return try builder.finish()
}

/// What one value becomes.
struct Fetched {
  let application: Application
  let outcome: ConversionOutcome
  var length: Int { application.length(0) }
  var text: String {
    String(decoding: application.bytes(0).prefix { $0 != 0 }, as: UTF8.self)
  }
  var wideText: String {
    var units: [UInt16] = []
    while units.count < application.bufferLength / 2 {
      let unit = application.value(0, UInt16.self, at: units.count * 2)
      if unit == 0 { break }
      units.append(unit)
    }
    return String(decoding: units, as: UTF16.self)
  }
  func bytes(_ count: Int) -> [UInt8] { application.bytes(0, count: count) }
}

/// Fetches one value.
func fetch(
  _ type: DataType, _ value: Value, as cType: Int16, sqlType: Int16 = 12, bufferLength: Int = 64,
  _ change: (inout ConversionRequest) -> Void = { _ in }
) throws -> Fetched {
  var request = ConversionRequest(dataType: type, sqlType: sqlType, cType: cType)
  change(&request)
  let converter = try ColumnConverter(request)
  let application = Application(
    rowCount: 1, bufferLength: bufferLength, stride: max(bufferLength, 32))
  let events = ConversionEvents()
  converter.write(
    try column(type, [value]), 0..<1, to: application.target, firstRow: 0, events)
  return Fetched(application: application, outcome: events.all.first?.outcome ?? .exact)
}
