import CTern
import TernCore

/// What an imported schema says: the field as Tern holds it, and how the producer encodes it.
struct ImportedType {
  /// As Tern will hold it: dictionaries decoded, other encodings converted.
  let field: Field
  /// How the producer lays values out, where that is another type.
  let encoding: Encoding
  let children: [ImportedType]

  /// Layouts that are converted on import.
  indirect enum Encoding {
    /// As Tern holds it.
    case plain
    /// Indexes of this type into a dictionary of that type.
    case dictionary(DataType, ImportedType)
    /// Int32 days and Int32 milliseconds.
    case dayTime
    /// 16-byte views, as newer producers write texts and bytes.
    case view
    /// Lists with 64-bit offsets.
    case largeList
  }

  private static let depthMax = 64

  /// Reads a schema and releases it.
  @unsafe init(taking source: UnsafeMutablePointer<ArrowSchema>) throws(TernError) {
    guard let release = unsafe source.pointee.release else {
      throw .usage("an Arrow schema was released already")
    }
    defer { unsafe release(source) }
    try unsafe self.init(source, depth: 0)
  }

  private init(
    _ source: UnsafeMutablePointer<ArrowSchema>, depth: Int
  ) throws(TernError) {
    let schema = unsafe source.pointee
    guard depth < Self.depthMax else { throw .usage("an Arrow schema is nested too deep") }
    guard let format = unsafe schema.format.map({ unsafe String(cString: $0) }) else {
      throw .usage("an Arrow schema has no format")
    }
    let name = unsafe schema.name.map { unsafe String(cString: $0) } ?? ""
    let metadata = try unsafe ArrowMetadata.decode(schema.metadata)
    guard unsafe 0...Int64(Limits.columnCountMax) ~= schema.n_children else {
      throw .usage("an Arrow schema has \(unsafe schema.n_children) children")
    }
    var inner: [ImportedType] = []
    for index in 0..<Int(unsafe schema.n_children) {
      guard let child = unsafe schema.children?[index] else {
        throw .usage("an Arrow schema lacks a child")
      }
      inner.append(try unsafe ImportedType(child, depth: depth + 1))
    }
    var (type, encoding) = try Self.decode(format, inner.map(\.field))
    if let dictionary = unsafe schema.dictionary {
      let values = try unsafe ImportedType(dictionary, depth: depth + 1)
      encoding = .dictionary(type, values)
      type = values.field.type
    }
    children = inner
    self.encoding = encoding
    let isNullable = unsafe schema.flags & Int64(ARROW_FLAG_NULLABLE) != 0
    field = Field(name, type, isNullable: isNullable, metadata: metadata)
  }

  private static func decode(
    _ format: String, _ children: [Field]
  ) throws(TernError) -> (DataType, Encoding) {
    switch format {
    case "tiD": return (.intervalMonthDayNano, .dayTime)
    case "vu": return (.utf8, .view)
    case "vz": return (.binary, .view)
    case "+L":
      return (try ArrowFormat.type("+l", children), .largeList)
    default: return (try ArrowFormat.type(format, children), .plain)
    }
  }

}
