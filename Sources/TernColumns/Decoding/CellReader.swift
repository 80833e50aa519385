import TernCore

/// Reads one value of any form into any column: what the fast readers leave, and every type and
/// format that has none.
struct CellReader {
  private let reader: JSONReader
  private let format: ColumnFormat

  init(_ reader: JSONReader, _ format: ColumnFormat) {
    self.reader = reader
    self.format = format
  }

  /// Reads the next value.
  func read(into builder: ColumnBuilder) throws(TernError) {
    let kind = try reader.peek()
    if kind == .null {
      _ = try reader.null()
      return try builder.appendNull()
    }
    if format == .json { return try builder.append(bytes: try reader.rawValue()) }
    switch kind {
    case .null: return
    case .bool: try readBool(into: builder)
    case .number:
      let count = try reader.number()
      // Digits that the document ends in are part of a number: what they say is no value yet.
      guard try reader.window.byte(at: count) != 0 || reader.window.hasByte(at: count) else {
        throw reader.window.malformed("the end of the document", at: count)
      }
      // Sound: the window does not move while the bytes are read.
      let text = unsafe reader.window.bytes(from: 0, count: count).bindMemory(to: UInt8.self)
      try CellText(unsafe text.span, format).append(to: builder)
      reader.window.skip(count)
    case .string: try readString(into: builder)
    case .array: try readArray(into: builder)
    case .object: try readObject(into: builder)
    }
  }

  private func readBool(into builder: ColumnBuilder) throws(TernError) {
    let value = try reader.bool()
    if builder.type == .bool { return try builder.append(bool: value) }
    let text: [UInt8] = value ? Array("true".utf8) : Array("false".utf8)
    try CellText(text.span, format).append(to: builder)
  }

  /// Reads a value of a nested column from the text of a document of its own.
  static func read(
    document: [UInt8], _ format: ColumnFormat, into builder: ColumnBuilder
  ) throws(TernError) {
    let reader = try JSONReader(document)
    reader.repairsText = true
    do throws(TernError) {
      try CellReader(reader, format).read(into: builder)
      try reader.finish()
    } catch {
      // What is inside a value is data: the answer around it is sound.
      guard error.kind == .connection else { throw error }
      throw builder.conversionError("a text that is not the JSON of one")
    }
  }

  private func readString(into builder: ColumnBuilder) throws(TernError) {
    if case .document(let inner) = format {
      let text = Array(try reader.string().utf8)
      return try Self.read(document: text, inner, into: builder)
    }
    switch try reader.token("a string") {
    case .scratch:
      let text = reader.scratch
      try CellText(text.span, format).append(to: builder)
    case .window(let start, let count):
      // Sound: the window does not move while the bytes are read.
      let text = unsafe reader.window.bytes(from: start, count: count)
        .bindMemory(to: UInt8.self)
      try CellText(unsafe text.span, format).append(to: builder)
    }
  }

  private func readArray(into builder: ColumnBuilder) throws(TernError) {
    switch builder.layout {
    case .list32, .fixedList: try readList(into: builder)
    case .children: try readFields(into: builder)
    case .none, .bits, .fixed, .offsets32, .offsets64:
      guard builder.isText else { throw builder.conversionError("an array") }
      try builder.append(bytes: try reader.rawValue())
    }
  }

  private func readObject(into builder: ColumnBuilder) throws(TernError) {
    if builder.isText { return try builder.append(bytes: try reader.rawValue()) }
    if case .map = builder.type { return try readMap(into: builder) }
    guard builder.layout == .children, case .structure(let fields) = builder.type else {
      throw builder.conversionError("an object")
    }
    let count = builder.count + 1
    try reader.beginObject()
    while let key = try reader.nextKey() {
      let index = fields.indices.first { index in
        builder.children[index].count < count && fields[index].name == key
      }
      guard let index else {
        try reader.skip()
        continue
      }
      try CellReader(reader, format.child(index)).read(into: builder.children[index])
    }
    for child in builder.children where child.count < count { try child.appendNull() }
    try builder.appendChildren()
  }

  /// An object whose names are the keys.
  private func readMap(into builder: ColumnBuilder) throws(TernError) {
    guard let entries = builder.children.first, entries.children.count == 2 else {
      throw builder.conversionError("an object")
    }
    let (key, value) = (format.child(0).child(0), format.child(0).child(1))
    try reader.beginObject()
    while let name = try reader.nextKey() {
      try CellText(Array(name.utf8).span, key).append(to: entries.children[0])
      try CellReader(reader, value).read(into: entries.children[1])
      try entries.appendChildren()
    }
    try builder.appendChildren()
  }

  private func readList(into builder: ColumnBuilder) throws(TernError) {
    guard let child = builder.children.first else { throw builder.conversionError("an array") }
    let element = CellReader(reader, format.child(0))
    let start = child.count
    try reader.beginArray()
    while try reader.nextElement() { try element.read(into: child) }
    if case .fixedList(let count) = builder.layout, child.count - start != count {
      throw builder.conversionError("an array of \(child.count - start) elements")
    }
    try builder.appendChildren()
  }

  private func readFields(into builder: ColumnBuilder) throws(TernError) {
    try reader.beginArray()
    for (index, child) in builder.children.enumerated() {
      guard try reader.nextElement() else { throw builder.conversionError("a short array") }
      try CellReader(reader, format.child(index)).read(into: child)
    }
    guard try !reader.nextElement() else { throw builder.conversionError("a long array") }
    try builder.appendChildren()
  }
}

extension ColumnBuilder {
  var isText: Bool { type == .utf8 || type == .largeUtf8 }

  /// What is said of a value that is not one of this column's.
  func conversionError(_ what: String) -> TernError {
    .data("\(what) is not a value of type \(type)", .invalidCast)
  }
}
