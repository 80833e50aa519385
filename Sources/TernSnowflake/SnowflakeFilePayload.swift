internal import TernCore
internal import TernNet

/// The bytes of a file as they are to be stored, before encryption: they can be read again for
/// every attempt, and are never all in memory.
struct SnowflakeFilePayload: Sendable {
  /// What the bytes come from.
  enum Content: Sendable {
    case file(LocalFile)
    case bytes([UInt8])

    var byteCount: Int {
      switch self {
      case .file(let file): file.byteCount
      case .bytes(let bytes): bytes.count
      }
    }

    func reader() -> any ByteSource {
      switch self {
      case .file(let file): file.reader()
      case .bytes(let bytes): ArraySource(bytes)
      }
    }
  }

  let content: Content
  /// SHA-256 in Base64.
  let digest: String

  private static let pieceByteCount = 256 << 10
  private static let level: Int32 = 6

  /// Takes `content` as it is, or packed into a file without a name; either way reads it once.
  init(_ content: Content, isPacked: Bool, _ context: CallContext) throws(TernError) {
    let digest = DigestStream()
    guard isPacked else {
      self.content = content
      try Self.forEachPiece(of: content, context) { (piece) throws(TernError) in
        digest.update(piece)
      }
      self.digest = Base64.encode(digest.finish())
      return
    }
    let file = try LocalFileWriter()
    try Self.pack(content, context) { (piece) throws(TernError) in
      digest.update(piece)
      try file.append(piece)
    }
    self.content = .file(try file.written())
    self.digest = Base64.encode(digest.finish())
  }

  /// Gives the bytes of `content` to `body`, as gzip.
  static func pack(
    _ content: Content, _ context: CallContext, _ body: ([UInt8]) throws(TernError) -> Void
  ) throws(TernError) {
    let deflater = try Deflater(.gzip, level: level)
    try forEachPiece(of: content, context) { (piece) throws(TernError) in
      try deflater.append(piece.span)
      let packed = deflater.take()
      if !packed.isEmpty { try body(packed) }
    }
    try body(try deflater.finish())
  }

  /// Gives the bytes of `content` to `body`, piece by piece.
  ///
  /// - Throws: `.data` when a file has become shorter or longer meanwhile.
  static func forEachPiece(
    of content: Content, _ context: CallContext, _ body: ([UInt8]) throws(TernError) -> Void
  ) throws(TernError) {
    let reader = content.reader()
    var byteCount = 0
    while true {
      try context.check("reading a file")
      let piece = try ByteCollector.piece(of: reader, pieceByteCount)
      if piece.isEmpty { break }
      byteCount += piece.count
      try body(piece)
    }
    guard byteCount == content.byteCount else {
      throw .data("the file changed while it was read", .general)
    }
  }
}
