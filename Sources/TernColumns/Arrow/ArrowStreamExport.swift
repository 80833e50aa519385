public import CTern
private import Glibc
public import TernCore

extension ArrowExport {
  /// Fills `target` with a stream of batches.
  ///
  /// `next` is called by whoever pulls, one call at a time, until it returns nil or throws; an
  /// error is then returned again. `release` drops both closures, after calling `onRelease`.
  @unsafe public static func stream(
    _ schema: Schema, timestamps: TimestampExport = .microseconds,
    to target: UnsafeMutablePointer<ArrowArrayStream>,
    next: @escaping () throws(TernError) -> Batch?, onRelease: @escaping () -> Void = {}
  ) {
    let source = ExportedStream(schema, timestamps, next, onRelease)
    unsafe target.initialize(
      to: ArrowArrayStream(
        get_schema: { unsafe ExportedStream.of($0)?.writeSchema(to: $1) ?? EINVAL },
        get_next: { unsafe ExportedStream.of($0)?.writeNext(to: $1) ?? EINVAL },
        get_last_error: { unsafe ExportedStream.of($0)?.lastError },
        release: { unsafe ExportedStream.release($0) },
        private_data: unsafe Unmanaged.passRetained(source).toOpaque()))
  }

  /// The error that a stream which `stream(_:to:next:)` filled returned last, nil if none did.
  @unsafe public static func lastError(
    of stream: UnsafeMutablePointer<ArrowArrayStream>
  ) -> TernError? {
    unsafe ExportedStream.of(stream)?.error
  }
}

/// The state behind an exported stream.
@safe private final class ExportedStream {
  private let schema: Schema
  private let timestamps: TimestampExport
  private let next: () throws(TernError) -> Batch?
  private let onRelease: () -> Void
  private var text: UnsafeMutablePointer<CChar>?
  /// What the last call said.
  private(set) var error: TernError?

  init(
    _ schema: Schema, _ timestamps: TimestampExport,
    _ next: @escaping () throws(TernError) -> Batch?, _ onRelease: @escaping () -> Void
  ) {
    self.schema = schema
    self.timestamps = timestamps
    self.next = next
    self.onRelease = onRelease
  }

  deinit {
    onRelease()
    unsafe free(text)
  }

  /// Valid until the next call on the stream.
  var lastError: UnsafePointer<CChar>? { unsafe UnsafePointer(text) }

  /// The object behind a stream that was not released.
  @unsafe static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ExportedStream? {
    guard let data = unsafe stream?.pointee.private_data else { return nil }
    // Sound: these functions are only reachable through a stream that `ArrowExport` filled.
    return unsafe Unmanaged<ExportedStream>.fromOpaque(data).takeUnretainedValue()
  }

  @unsafe static func release(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) {
    guard let stream = unsafe stream, let data = unsafe stream.pointee.private_data else { return }
    unsafe stream.pointee.release = nil
    unsafe stream.pointee.private_data = nil
    // Sound: balances `passRetained`, once, as the pointer was just cleared.
    unsafe Unmanaged<ExportedStream>.fromOpaque(data).release()
  }

  @unsafe func writeSchema(to target: UnsafeMutablePointer<ArrowSchema>?) -> Int32 {
    guard let target = unsafe target else { return EINVAL }
    do throws(TernError) {
      try unsafe ArrowExport.schema(schema, timestamps: timestamps, to: target)
      return 0
    } catch {
      return fail(error)
    }
  }

  @unsafe func writeNext(to target: UnsafeMutablePointer<ArrowArray>?) -> Int32 {
    guard let target = unsafe target else { return EINVAL }
    if let error { return fail(error) }
    do throws(TernError) {
      guard let batch = try next() else {
        // The end: an array that is released already.
        unsafe target.initialize(to: ArrowArray())
        return 0
      }
      try unsafe ArrowExport.batch(batch, timestamps: timestamps, to: target)
      return 0
    } catch {
      return fail(error)
    }
  }

  private func fail(_ error: TernError) -> Int32 {
    self.error = error
    unsafe free(text)
    unsafe text = strdup(error.description)
    switch error.kind {
    case .timeout: return ETIMEDOUT
    case .cancelled: return ECANCELED
    case .unsupported: return ENOTSUP
    case .usage, .data: return EINVAL
    case .connection, .authentication, .sql, .internal: return EIO
    }
  }
}
