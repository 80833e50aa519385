import TernColumns
import TernCore
import TernDriver

/// A caller's Arrow stream as parameters.
final class BoundStream: BatchStream, @unchecked Sendable {
  // Sound as Sendable: the reader is only used under the lock.

  let schema: Schema
  private let reader: ArrowStreamReader
  private let isUsed = Lock(())

  init(_ reader: ArrowStreamReader) {
    self.reader = reader
    schema = reader.schema
  }

  /// See `BatchStream`.
  func nextBatch() throws(TernError) -> Batch? {
    let outcome = isUsed.withLock { _ -> Result<Batch?, TernError> in
      do throws(TernError) { return .success(try reader.next()) } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}
