internal import TernCore
internal import TernNet

/// Fetches one file from the cloud.
///
/// Source: Snowflake reference, section 7.1, "GET safety".
struct SnowflakeFileDownload: Sendable {
  let store: SnowflakeFileStore
  let material: SnowflakeFileMaterial?
  /// The object's, behind the stage's prefix.
  let name: String

  private static let pieceByteCount = 256 << 10

  /// Fills `file` with the plain bytes, anew for each attempt.
  ///
  /// - Throws: `.data` for bytes that the key does not fit, or that are not those whose digest the
  ///   store keeps.
  func run(into file: LocalFileWriter, _ context: CallContext) throws(TernError) {
    let (kept, found) = try store.send(
      name, context, { _ in SnowflakeFileAction("GET") },
      accept: { (response, cloud) throws(TernError) -> (kept: String?, found: String)? in
        guard response.status == 200 else { return nil }
        let facts = try cloud.facts(response.headers)
        return (facts.digest, try read(response, facts, into: file))
      })
    guard kept == nil || kept == found else {
      throw .data(
        "the bytes are not those that were stored: their SHA-256 is another one", .general)
    }
  }

  private func read(
    _ response: HTTPResponse, _ facts: SnowflakeFileFacts, into file: LocalFileWriter
  ) throws(TernError) -> String {
    try file.startOver()
    var source: any ByteSource = response
    if let material {
      guard let seal = facts.seal else {
        throw .data("the server gave a key, but the file is not encrypted", .general)
      }
      source = try material.open(response, seal)
    }
    let digest = DigestStream()
    while true {
      let piece = try ByteCollector.piece(of: source, Self.pieceByteCount)
      if piece.isEmpty { break }
      digest.update(piece)
      try file.append(piece)
    }
    return Base64.encode(digest.finish())
  }
}
