public import CTern
public import TernCore

/// Takes columns from C without copying (the Arrow C data interface).
///
/// Ownership moves: the struct that was passed is marked released, whether the call succeeds or
/// throws, and its own `release` runs when the last column is gone. What the producer claims is
/// checked before use as far as it can be: the interface tells no buffer lengths.
public enum ArrowImport {
  /// Reads a schema that describes a batch: a structure.
  @unsafe public static func schema(
    _ source: UnsafeMutablePointer<ArrowSchema>
  ) throws(TernError) -> Schema {
    let type = try unsafe ImportedType(taking: source)
    guard case .structure(let fields) = type.field.type else {
      throw .usage("an Arrow schema must be a structure of columns")
    }
    return Schema(fields, metadata: type.field.metadata)
  }

  /// Takes a batch and its schema.
  @unsafe public static func batch(
    _ source: UnsafeMutablePointer<ArrowArray>, _ schema: UnsafeMutablePointer<ArrowSchema>
  ) throws(TernError) -> Batch {
    let owner = unsafe ImportedArray(taking: source)
    let type = try unsafe ImportedType(taking: schema)
    return try batch(owner, type)
  }

  /// A batch from an array whose schema was read before.
  static func batch(_ owner: ImportedArray, _ type: ImportedType) throws(TernError) -> Batch {
    guard case .structure(let fields) = type.field.type else {
      throw .usage("an Arrow batch must be a structure of columns")
    }
    let whole = try owner.column(type)
    guard whole.nullCount == 0 else { throw .usage("a row of an Arrow batch is NULL") }
    var columns: [Column] = []
    for child in whole.children {
      columns.append(try child.slice(whole.offset, count: whole.count))
    }
    let schema = Schema(fields, metadata: type.field.metadata)
    return try Batch(schema, columns, rowCount: whole.count)
  }
}

/// Batches that a C producer hands out one by one (the Arrow C stream interface).
///
/// One thread at a time. The stream is released with the last reference.
@safe public final class ArrowStreamReader {
  /// The columns of every batch.
  public let schema: Schema
  private let type: ImportedType
  private let stream: UnsafeMutablePointer<ArrowArrayStream>

  /// Takes the stream over; the struct that was passed is marked released, also on failure.
  @unsafe public init(_ source: UnsafeMutablePointer<ArrowArrayStream>) throws(TernError) {
    let stream = UnsafeMutablePointer<ArrowArrayStream>.allocate(capacity: 1)
    unsafe stream.initialize(to: source.pointee)
    unsafe source.pointee.release = nil
    do throws(TernError) {
      type = try unsafe Self.readType(stream)
      guard case .structure(let fields) = type.field.type else {
        throw .usage("an Arrow stream must hold structures of columns")
      }
      schema = Schema(fields, metadata: type.field.metadata)
    } catch {
      unsafe Self.release(stream)
      throw error
    }
    unsafe self.stream = stream
  }

  deinit { unsafe Self.release(stream) }

  /// The next batch; nil at the end.
  public func next() throws(TernError) -> Batch? {
    guard let pull = unsafe stream.pointee.get_next else { throw Self.notAStream }
    var array = unsafe ArrowArray()
    // Sound: the interface gives the stream and a struct to fill.
    let code = unsafe pull(stream, &array)
    guard code == 0 else { throw unsafe Self.failure(stream, code) }
    guard unsafe array.release != nil else { return nil }
    return try ArrowImport.batch(unsafe ImportedArray(taking: &array), type)
  }

  private static var notAStream: TernError { .usage("an Arrow stream was released already") }

  private static func readType(
    _ stream: UnsafeMutablePointer<ArrowArrayStream>
  ) throws(TernError) -> ImportedType {
    guard unsafe stream.pointee.release != nil, let read = unsafe stream.pointee.get_schema else {
      throw notAStream
    }
    var schema = unsafe ArrowSchema()
    let code = unsafe read(stream, &schema)
    guard code == 0 else { throw unsafe failure(stream, code) }
    return try unsafe ImportedType(taking: &schema)
  }

  private static func failure(
    _ stream: UnsafeMutablePointer<ArrowArrayStream>, _ code: Int32
  ) -> TernError {
    var text = "error \(code)"
    // Sound: the interface says that the text is NUL-terminated and valid until the next call.
    if let message = unsafe stream.pointee.get_last_error?(stream) {
      text = unsafe String(cString: message)
    }
    return .data("the Arrow stream failed: \(text)", .general)
  }

  private static func release(_ stream: UnsafeMutablePointer<ArrowArrayStream>) {
    if let release = unsafe stream.pointee.release { unsafe release(stream) }
    unsafe stream.deallocate()
  }
}
