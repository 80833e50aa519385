public import TernCore

/// A value that says itself what it is, as Calcite's protobuf messages carry them.
///
/// Source: Avatica reference, sections 15.5 to 15.7: `TypedValue` and `ColumnValue`.
public enum TypedValue: Hashable, Sendable {
  /// SQL NULL.
  case null
  /// A Boolean.
  case bool(Bool)
  /// Any whole number, counts of days and milliseconds too.
  case integer(Int64)
  /// A number of 32 bits.
  case float(Float)
  /// A number of 64 bits.
  case double(Double)
  /// A decimal, as the server spelt it.
  case decimal([UInt8])
  /// A text: UTF-8 as the server sent it, or meant to be.
  case text([UInt8])
  /// Bytes.
  case bytes([UInt8])
  /// An array.
  case list([TypedValue])

  /// The numbers of the types.
  public enum Code {
    /// `BOOLEAN` and its primitive form.
    public static let bool: UInt64 = 8
    /// Whole numbers by width, from 8 bits to 64.
    public static let byte: UInt64 = 9
    /// 16 bits.
    public static let short: UInt64 = 11
    /// 32 bits.
    public static let integer: UInt64 = 12
    /// 64 bits.
    public static let long: UInt64 = 13
    /// The bits of a float, in the number.
    public static let float: UInt64 = 14
    /// A double.
    public static let double: UInt64 = 15
    /// Milliseconds of a day.
    public static let time: UInt64 = 16
    /// Milliseconds since 1970.
    public static let timestamp: UInt64 = 17
    /// Days since 1970.
    public static let date: UInt64 = 18
    /// Bytes.
    public static let bytes: UInt64 = 20
    /// A text.
    public static let string: UInt64 = 21
    /// NULL.
    public static let null: UInt64 = 24
    /// A whole number of any size.
    public static let bigInteger: UInt64 = 25
    /// A decimal as text.
    public static let decimal: UInt64 = 26
    /// An array.
    public static let array: UInt64 = 27
  }

  /// How deep arrays may nest.
  static let depthMax = 32

  /// Reads a `TypedValue`, which the reader has just entered, to its end.
  public init(reading reader: ProtobufReader) throws(TernError) {
    self = try Self.read(reader, depth: 0)
  }

  private static func read(_ reader: ProtobufReader, depth: Int) throws(TernError) -> TypedValue {
    guard depth < depthMax else { throw reader.window.malformed("arrays nested too deeply") }
    var raw = Raw()
    while let field = try reader.next() {
      switch field {
      case 1: raw.code = try reader.uint64()
      case 2: raw.flag = try reader.bool()
      case 3: raw.text = try reader.bytes()
      case 4: raw.number = try reader.zigzag()
      case 5: raw.bytes = try reader.bytes()
      case 6: raw.double = try reader.double()
      case 7: raw.isNull = try reader.bool()
      case 8:
        try reader.enter()
        raw.elements.append(try read(reader, depth: depth + 1))
      default: try reader.skip()
      }
    }
    return try raw.value(at: reader)
  }

  /// Reads a `ColumnValue`, which the reader has just entered, to its end.
  ///
  /// Newer servers write everything twice; the old form counts only where the new is missing.
  static func columnValue(_ reader: ProtobufReader) throws(TernError) -> TypedValue {
    var old: [TypedValue] = []
    var elements: [TypedValue] = []
    var scalar: TypedValue?
    var isArray = false
    while let field = try reader.next() {
      switch field {
      case 1:
        try reader.enter()
        old.append(try read(reader, depth: 0))
      case 2:
        try reader.enter()
        elements.append(try read(reader, depth: 1))
      case 3: isArray = try reader.bool()
      case 4:
        try reader.enter()
        scalar = try read(reader, depth: 0)
      default: try reader.skip()
      }
    }
    if let scalar { return scalar }
    if isArray || !elements.isEmpty { return .list(elements) }
    return old.count > 1 ? .list(old) : old.first ?? .null
  }

  /// The fields of a message, before its type says which of them counts.
  private struct Raw {
    var code: UInt64 = 0
    var flag = false
    var text: [UInt8] = []
    var number: Int64 = 0
    var bytes: [UInt8] = []
    var double = 0.0
    var isNull = false
    var elements: [TypedValue] = []

    func value(at reader: ProtobufReader) throws(TernError) -> TypedValue {
      if isNull { return .null }
      switch code {
      case 0, Code.bool: return .bool(flag)
      case 1, 3...5, 9, 11...13, 16...19, 22, 30...33: return .integer(number)
      case 6, Code.float: return .float(Float(bitPattern: UInt32(truncatingIfNeeded: number)))
      case 7, Code.double: return .double(double)
      case 2, 10, Code.string: return .text(text)
      case Code.bytes:
        guard bytes.isEmpty, !text.isEmpty else { return .bytes(bytes) }
        return .text(text)
      case Code.bigInteger, Code.decimal: return .decimal(try decimal(at: reader))
      case Code.array, 28, 29: return .list(elements)
      case Code.null: return .null
      default: return text.isEmpty ? .null : .text(text)
      }
    }

    /// Servers before 1.8 send the digits as a big-endian number and the scale beside it.
    private func decimal(at reader: ProtobufReader) throws(TernError) -> [UInt8] {
      guard text.isEmpty, !bytes.isEmpty else { return text }
      guard bytes.count <= 32, let scale = Int(exactly: number), -1_000...1_000 ~= scale else {
        throw .data("a decimal of \(bytes.count) bytes cannot be read", .numberOutOfRange)
      }
      var (high, low) = (bytes[0] >= 0x80 ? Int128(-1) : 0, bytes[0] >= 0x80 ? UInt128.max : 0)
      for byte in bytes {
        high = high &<< 8 | Int128(truncatingIfNeeded: low &>> 120)
        low = low &<< 8 | UInt128(byte)
      }
      var digits: [UInt8] = []
      DecimalValue(high: high, low: low, scale: scale).append(to: &digits)
      return digits
    }
  }
}

extension TypedValue {
  /// Reads a `ColumnValue`, which the reader has just entered, to its end.
  public init(columnValue reader: ProtobufReader) throws(TernError) {
    self = try Self.columnValue(reader)
  }

  /// The value as text: numbers with all their digits, arrays as JSON; nil for NULL.
  public var plainText: String? {
    switch self {
    case .null: return nil
    case .bool(let flag): return flag ? "true" : "false"
    case .integer(let number): return "\(number)"
    case .float(let number): return number.isFinite ? "\(number)" : Self.name(Double(number))
    case .double(let number): return Self.name(number)
    case .decimal(let text), .text(let text): return String(decoding: text, as: UTF8.self)
    case .bytes, .list:
      var json: [UInt8] = []
      append(json: &json)
      return String(decoding: json, as: UTF8.self)
    }
  }
}
