public import CTern
import TernCore
import TernDriver

/// The parts of a result that other processes can read, instead of reading it here.
///
/// `*out` gets the parts, to free with tern_partitions_free; it stays untouched on failure.
/// TERN_ERROR_UNSUPPORTED where the result has none. One thread at a time per result.
@_cdecl("tern_result_partitions")
public func tern_result_partitions(
  _ result: UnsafeMutablePointer<tern_result>?,
  _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_partitions>?>?, _ error: ErrorOut
) -> Int32 {
  unsafe boundary(result, ResultHandle.self, error) { handle throws(TernError) in
    let parts = handle.resultSet.partitions
    guard !parts.isEmpty else {
      throw .unsupported("this result has no parts that can be read elsewhere")
    }
    unsafe try put(PartitionsHandle(parts), out)
    return Code.ok
  }
}

/// How many parts there are; TERN_ERROR_HANDLE if `partitions` is none.
///
/// Any thread.
@_cdecl("tern_partitions_count")
public func tern_partitions_count(_ partitions: UnsafePointer<tern_partitions>?) -> Int32 {
  guard let handle = unsafe partitionsHandle(partitions) else { return Code.handle }
  return Int32(clamping: handle.count)
}

/// The bytes of a part: plain data without a secret, to send anywhere.
///
/// `index` counts from 0. `*bytes` lives as long as `partitions`. TERN_DONE for an index that no
/// part has; TERN_ERROR_HANDLE, TERN_ERROR_USAGE if `bytes` or `length` is NULL. Any thread.
@_cdecl("tern_partitions_get")
public func tern_partitions_get(
  _ partitions: UnsafePointer<tern_partitions>?, _ index: Int32,
  _ bytes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ length: LengthOut
) -> Int32 {
  guard let handle = unsafe partitionsHandle(partitions) else { return Code.handle }
  guard let bytes = unsafe bytes, let length = unsafe length else { return Code.usage }
  guard let part = unsafe handle.part(index) else { return Code.done }
  unsafe bytes.pointee = part.baseAddress
  unsafe length.pointee = Int64(part.count)
  return Code.ok
}

/// Reads a part that some connection to the same server gave out.
///
/// `bytes` has `length` bytes and is copied. `*out` gets a result to free with tern_result_free; it
/// stays untouched on failure. TERN_ERROR_USAGE for bytes that are no part,
/// TERN_ERROR_UNSUPPORTED where the protocol has none. One call at a time per connection; others
/// wait.
@_cdecl("tern_partition_read")
public func tern_partition_read(
  _ connection: UnsafeMutablePointer<tern_connection>?, _ bytes: UnsafePointer<UInt8>?,
  _ length: Int64, _ out: UnsafeMutablePointer<UnsafeMutablePointer<tern_result>?>?,
  _ error: ErrorOut
) -> Int32 {
  unsafe boundary(connection, ConnectionHandle.self, error) { handle throws(TernError) in
    guard unsafe out != nil else { throw .noPlace("out") }
    let partition = unsafe Partition(bytes: try copy(bytes, length, "bytes"))
    unsafe try put(try handle.connection.open(partition), handle.timestamps, out)
    return Code.ok
  }
}

/// Frees parts. NULL is fine, and so are parts that were freed before.
///
/// Any thread.
@_cdecl("tern_partitions_free")
public func tern_partitions_free(_ partitions: UnsafeMutablePointer<tern_partitions>?) {
  _ = HandleTable.remove(UInt(bitPattern: partitions), PartitionsHandle.self)
}

private func partitionsHandle(
  _ partitions: UnsafePointer<tern_partitions>?
) -> PartitionsHandle? {
  HandleTable.object(UInt(bitPattern: partitions), PartitionsHandle.self)
}
