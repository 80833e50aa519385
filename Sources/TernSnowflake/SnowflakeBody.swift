internal import TernCore
internal import TernNet

/// The plain bytes of an answer.
enum SnowflakeBody {
  /// Reads all of `response`, which must not inflate by itself.
  ///
  /// What the bytes are is told by their first two, not by a header: proxies unpack bodies and
  /// leave the header, stores keep packed files without one (reference, trap 23).
  static func plain(
    _ response: HTTPResponse, byteCountMax: Int
  ) throws(TernError) -> [UInt8] {
    let bytes = try response.readAll(byteCountMax)
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    let source = Inflater(ArraySource(bytes), .gzip, byteCountMax: byteCountMax)
    return try ByteCollector.all(of: source, byteCountMax: byteCountMax)
  }
}
