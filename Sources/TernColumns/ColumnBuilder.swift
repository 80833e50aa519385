public import TernCore

/// A column that grows value by value until `finish()`.
///
/// Typed appends check that the value fits the column's type and throw `.data` otherwise, with the
/// column as it was before. One thread at a time.
public final class ColumnBuilder {
  /// The type of every value.
  public let type: DataType
  /// Values so far, NULLs among them.
  public internal(set) var count = 0
  /// Builders of the columns inside a list, structure or map.
  public let children: [ColumnBuilder]

  let layout: ColumnLayout
  var validity = ValidityBuilder()
  var values = ByteStore()
  var data = ByteStore()

  /// Starts an empty column.
  public init(_ type: DataType) {
    self.type = type
    layout = ColumnLayout(type)
    children = type.children.map { ColumnBuilder($0.type) }
  }

  /// Bytes held so far, validity not counted.
  public var byteCount: Int {
    children.reduce(values.count + data.count) { $0 + $1.byteCount }
  }

  /// NULLs so far.
  public var nullCount: Int { type == .null ? count : validity.nullCount }

  /// Prepares for `rowCount` more fixed-width values, so that growing copies nothing.
  public func reserve(rowCount: Int) throws(TernError) {
    let byteWidth: Int
    switch layout {
    case .fixed(let width): byteWidth = width
    case .offsets32, .list32: byteWidth = 4
    case .offsets64: byteWidth = 8
    case .none, .bits, .fixedList, .children: return
    }
    let (byteCount, overflow) = max(0, rowCount).multipliedReportingOverflow(by: byteWidth)
    guard !overflow else { throw .overBudget("\(rowCount) rows of \(byteWidth) bytes") }
    _ = unsafe try values.reserve(byteCount)
  }

  /// Prepares a text column for `byteCount` more bytes.
  func reserveText(byteCount: Int) throws(TernError) {
    guard layout == .offsets32 else { return }
    _ = unsafe try data.reserve(byteCount)
  }

  /// Appends a NULL.
  public func appendNull() throws(TernError) {
    switch layout {
    case .none:
      count += 1
      return
    case .bits: try growBits()
    case .fixed(let byteWidth): try values.append(repeating: 0, byteCount: byteWidth)
    case .offsets32, .offsets64: try appendOffset()
    case .list32: try appendListOffset()
    case .fixedList(let elementCount):
      for child in children { for _ in 0..<elementCount { try child.appendNull() } }
    case .children: for child in children { try child.appendNull() }
    }
    try validity.setNull(at: count)
    count += 1
  }

  /// Ends a list or map value: the child's values since the last end belong to it. Ends a
  /// structure or fixed-size list, whose children must have got their values.
  public func appendChildren() throws(TernError) {
    switch layout {
    case .list32: try appendListOffset()
    case .fixedList(let elementCount): try checkChildren((count + 1) * elementCount)
    case .children: try checkChildren(count + 1)
    case .none, .bits, .fixed, .offsets32, .offsets64: throw typeError("children")
    }
    count += 1
  }

  /// The column, and an empty builder again.
  public func finish() throws(TernError) -> Column {
    let nulls = nullCount
    let offsetByteCount = layout == .offsets64 ? 8 : 4
    let offsets = layout == .offsets32 || layout == .offsets64 || layout == .list32
    if offsets, values.count == 0 { try values.append(repeating: 0, byteCount: offsetByteCount) }
    var inner: [Column] = []
    for child in children { inner.append(try child.finish()) }
    defer { count = 0 }
    return Column(
      trusted: type, count: count, nullCount: nulls, validity: try validity.finish(count: count),
      values: hasValues ? try values.finish() : nil, data: hasData ? try data.finish() : nil,
      children: inner)
  }

  /// Drops every value.
  public func removeAll() {
    count = 0
    validity = ValidityBuilder()
    values = ByteStore()
    data = ByteStore()
    for child in children { child.removeAll() }
  }

  /// What an append says when the column holds another kind of value.
  func typeError(_ what: String) -> TernError {
    .data("a column of type \(type) takes no \(what)", .restrictedType)
  }

  /// What an append says when the value is outside the type.
  func rangeError() -> TernError {
    .data("a value does not fit a column of type \(type)", .numberOutOfRange)
  }

  private var hasValues: Bool {
    switch layout {
    case .none, .fixedList, .children: false
    case .bits, .fixed, .offsets32, .offsets64, .list32: true
    }
  }

  private var hasData: Bool { layout == .offsets32 || layout == .offsets64 }

  private func checkChildren(_ wanted: Int) throws(TernError) {
    guard children.allSatisfy({ $0.count == wanted }) else {
      throw .usage("the children of a \(type) column have other lengths than \(wanted)")
    }
  }
}

// Storage shared by the typed appends.
extension ColumnBuilder {
  /// Makes sure that the byte of the next bit exists.
  func growBits() throws(TernError) {
    if count % 8 == 0 { try values.append(repeating: 0, byteCount: 1) }
  }

  /// Records where the value that was just put into `data` ends.
  func appendOffset() throws(TernError) {
    if layout == .offsets64 {
      if values.count == 0 { try values.append(Int64(0)) }
      try values.append(Int64(data.count))
    } else {
      if values.count == 0 { try values.append(Int32(0)) }
      try values.append(Int32(truncatingIfNeeded: data.count))
    }
  }

  /// Throws unless `byteCount` more bytes keep the offsets in their width.
  func checkData(_ byteCount: Int) throws(TernError) {
    guard layout == .offsets64 || byteCount <= Int(Int32.max) - data.count else {
      throw .overBudget("a \(type) column holds at most 2 GiB; fetch fewer rows at a time")
    }
  }

  private func appendListOffset() throws(TernError) {
    guard let end = Int32(exactly: children.first?.count ?? 0) else {
      throw .overBudget("a list column holds at most 2^31 elements")
    }
    if values.count == 0 { try values.append(Int32(0)) }
    try values.append(end)
  }
}
