public import CTern
public import TernCore

/// Hands columns to C without copying (the Arrow C data interface).
///
/// Each struct that is filled owns what it points to until its `release` is called, from any
/// thread; the batch may be gone by then. A struct that the call could not fill is left alone.
public enum ArrowExport {
  /// Fills `target` with the schema under which batches are exported.
  @unsafe public static func schema(
    _ schema: Schema, timestamps: TimestampExport = .microseconds,
    to target: UnsafeMutablePointer<ArrowSchema>
  ) throws(TernError) {
    let whole = Field("", .structure(schema.fields), isNullable: false, metadata: schema.metadata)
    try unsafe field(timestamps.exported(whole), to: target)
  }

  /// Fills `target` with a batch: a structure of one child a column.
  @unsafe public static func batch(
    _ batch: Batch, timestamps: TimestampExport = .microseconds,
    to target: UnsafeMutablePointer<ArrowArray>
  ) throws(TernError) {
    var columns: [Column] = []
    for (column, field) in zip(batch.columns, batch.schema.fields) {
      do throws(TernError) { columns.append(try timestamps.exported(column)) } catch {
        throw error.prefixed("column \(field.name)")
      }
    }
    let whole = Column(
      trusted: .structure(timestamps.exported(batch.schema).fields), count: batch.rowCount,
      nullCount: 0, children: columns)
    unsafe array(whole, to: target)
  }

  /// Fills `target` with one column.
  @unsafe public static func column(
    _ column: Column, timestamps: TimestampExport = .microseconds,
    to target: UnsafeMutablePointer<ArrowArray>
  ) throws(TernError) {
    unsafe array(try timestamps.exported(column), to: target)
  }

  /// Fills `target` with a field, its type and what is inside.
  @unsafe public static func field(
    _ field: Field, to target: UnsafeMutablePointer<ArrowSchema>
  ) throws(TernError) {
    guard let format = ArrowFormat.string(field.type) else {
      throw .internal("a \(field.type) column reached Arrow export")
    }
    let node = ExportedSchema(format, field.name, field.metadata)
    for child in field.type.children {
      // Sound: the memory of a child is the node's.
      try unsafe self.field(child, to: node.children.add(ArrowSchema()))
    }
    unsafe target.initialize(
      to: ArrowSchema(
        format: node.format, name: node.name, metadata: node.metadata,
        flags: field.isNullable ? Int64(ARROW_FLAG_NULLABLE) : 0,
        n_children: Int64(node.children.count), children: node.children.list, dictionary: nil,
        release: { unsafe ExportedSchema.release($0) }, private_data: node.retained()))
  }

  private static func array(_ column: Column, to target: UnsafeMutablePointer<ArrowArray>) {
    let node = ExportedArray(column)
    for child in column.children {
      // Sound: as in `field`.
      unsafe array(child, to: node.children.add(ArrowArray()))
    }
    unsafe target.initialize(
      to: ArrowArray(
        length: Int64(column.count), null_count: Int64(column.nullCount),
        offset: Int64(column.offset), n_buffers: Int64(node.bufferCount),
        n_children: Int64(node.children.count), buffers: node.buffers, children: node.children.list,
        dictionary: nil, release: { unsafe ExportedArray.release($0) },
        private_data: node.retained()))
  }
}
