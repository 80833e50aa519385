import TernColumns
import TernCore

/// Feeds any bytes to the reader of Arrow streams. What it accepts must be readable to the end.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzArrowStream(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let stream = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(TernError) {
    let reader = try ArrowIPCReader(ArraySource(stream))
    reader.repairsText = count % 2 == 0
    while let batch = try reader.next() { check(batch) }
  } catch {
    return 0
  }
  return 0
}

private func check(_ batch: Batch) {
  for column in batch.columns {
    for row in 0..<min(column.count, 64) {
      do throws(TernError) {
        if try !column.isNull(at: row) { _ = try column.text(at: row) }
      } catch {
        fatalError("an accepted value cannot be read: \(error)")
      }
    }
  }
}
