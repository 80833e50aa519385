/// How a file is compressed, by its name or its first bytes.
///
/// Source: Snowflake reference, section 7.1, "Compression detection".
enum SnowflakeFileCompression: String, CaseIterable, Sendable {
  case none = "NONE"
  case gzip = "GZIP"
  case bzip2 = "BZIP2"
  case brotli = "BROTLI"
  case zstd = "ZSTD"
  case deflate = "DEFLATE"
  case rawDeflate = "RAW_DEFLATE"
  case parquet = "PARQUET"
  case orc = "ORC"
  // Known, so that they are not taken for plain files; the service reads none of them.
  case xz = "XZ"
  case lzma = "LZMA"
  case lzip = "LZIP"
  case lzop = "LZO"
  case compress = "COMPRESS"

  /// Whether the service reads such files.
  var isSupported: Bool {
    switch self {
    case .none, .gzip, .bzip2, .brotli, .zstd, .deflate, .rawDeflate, .parquet, .orc: true
    case .xz, .lzma, .lzip, .lzop, .compress: false
    }
  }

  /// What SOURCE_COMPRESSION says; nil for a word that is not known.
  init?(option: String) {
    let name = option.uppercased()
    self.init(rawValue: name == "BZ2" ? "BZIP2" : name)
  }

  private static let extensions: [(end: String, kind: SnowflakeFileCompression)] = [
    (".gz", .gzip), (".bz2", .bzip2), (".br", .brotli), (".zst", .zstd), (".deflate", .deflate),
    (".raw_deflate", .rawDeflate), (".parquet", .parquet), (".orc", .orc), (".xz", .xz),
    (".lzma", .lzma), (".lz", .lzip), (".lzo", .lzop), (".z", .compress),
  ]

  private static let starts: [(bytes: [UInt8], kind: SnowflakeFileCompression)] = [
    ([0x1F, 0x8B], .gzip), (Array("BZh".utf8), .bzip2), ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
    (Array("PAR1".utf8), .parquet), (Array("ORC".utf8), .orc),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz), (Array("LZIP".utf8), .lzip),
    ([0x1F, 0x9D], .compress), ([0x89, 0x4C, 0x5A, 0x4F, 0x00], .lzop),
  ]

  /// First bytes that are enough to tell.
  static let startByteCount = 8

  /// What a file looks like.
  static func detected(name: String, start: [UInt8]) -> SnowflakeFileCompression {
    let lower = name.lowercased()
    if let known = extensions.first(where: { lower.hasSuffix($0.end) }) { return known.kind }
    return starts.first { start.starts(with: $0.bytes) }?.kind ?? .none
  }
}
