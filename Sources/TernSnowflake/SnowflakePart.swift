internal import TernColumns
internal import TernCore
internal import TernDriver
internal import TernNet

/// Reads the rows of one part of a result, inline or from the store, batch by batch.
///
/// Whether the bytes are packed, and whether they are JSON or Arrow, is told by the first of them:
/// neither headers nor the answer are right for every part (sections 1.8 and 4). One thread at a
/// time.
final class SnowflakePart {
  private enum Rows {
    case none
    case json(JSONReader, ColumnDecoder)
    case arrow(ArrowIPCReader, BatchJoiner)
  }

  private let source: any ByteSource
  private let rows: Rows
  private let layout: SnowflakeLayout
  private let options: ExecutionOptions
  private var ready: [Batch] = []
  private var hasEnded = false
  /// Rows that were read.
  private(set) var rowCount: Int64 = 0

  /// Reads from `source`, which may be empty.
  ///
  /// - Parameter expectedRowCount: what the answer says of the part; 0 when it does not.
  /// - Throws: what the source throws, `.connection` for bytes that are no rows.
  init(
    _ source: any ByteSource, _ layout: SnowflakeLayout, _ options: ExecutionOptions,
    expectedRowCount: Int64 = 0
  ) throws(TernError) {
    self.layout = layout
    self.options = options
    var peeked = PeekedSource(source)
    if try peeked.peek(2) == [0x1F, 0x8B] { peeked = PeekedSource(Inflater(peeked, .gzip)) }
    self.source = peeked
    switch try peeked.peek(1).first {
    case nil: rows = .none
    // Arrow begins with a length or a mark, neither of which looks like white space or a bracket.
    case 0x5B, 0x20, 0x0A, 0x0D, 0x09:
      let reader = try JSONReader(BracketedSource(peeked))
      reader.repairsText = true
      let decoder = try ColumnDecoder(layout.readingSchema, formats: layout.formats)
      try decoder.beginRows(reader)
      rows = .json(reader, decoder)
    default:
      let reader = try ArrowIPCReader(peeked)
      reader.repairsText = true
      rows = .arrow(
        reader,
        try BatchJoiner(
          layout.schema, layout.forms, rowCountMax: options.batchRowCountMax,
          byteCountMax: options.batchByteCountMax,
          expectedRowCount: Int(clamping: expectedRowCount)))
    }
  }

  /// Whether the last row was given out, and the part seen to be sound.
  var isAtEnd: Bool { hasEnded && ready.isEmpty }

  /// The next batch; nil after the last row, when the whole part was seen to be sound.
  func next() throws(TernError) -> Batch? {
    do throws(TernError) {
      while ready.isEmpty, !hasEnded { try read() }
    } catch {
      // A value that makes no sense may be damage, which the end of a packed part tells.
      if error.kind == .data { try readAway() }
      guard error.kind == .data, layout.hasNested else { throw error }
      // How texts inside of others are written depends on the session's output formats.
      var error = error
      error.message += "; structured_types=text leaves nested values as the service writes them"
      throw error
    }
    guard !ready.isEmpty else { return nil }
    let batch = ready.removeFirst()
    rowCount += Int64(batch.rowCount)
    return batch
  }

  private func read() throws(TernError) {
    switch rows {
    case .none: hasEnded = true
    case .json(let reader, let decoder):
      let batch = try decoder.rows(
        from: reader, rowCountMax: max(1, options.batchRowCountMax),
        byteCountMax: max(1, options.batchByteCountMax))
      if let batch { ready.append(try batch.retyped(layout.schema)) }
      guard decoder.hasEnded else { return }
      try reader.finish()
      hasEnded = true
    case .arrow(let reader, let joiner):
      if let batch = try reader.next() { return try joiner.append(batch, to: &ready) }
      try joiner.flush(to: &ready)
      try reader.finish()
      hasEnded = true
    }
  }

  /// Reads what is left, for what its end says.
  private func readAway() throws(TernError) {
    var isOpen = true
    while isOpen {
      var failure: TernError?
      _ = [UInt8](capacity: 64 << 10) { window in
        do throws(TernError) { isOpen = try source.read(into: &window) } catch { failure = error }
      }
      if let failure { throw failure }
    }
  }
}

/// Rows of JSON without the brackets around them, with brackets.
private final class BracketedSource: ByteSource {
  private let source: PeekedSource
  private enum Place { case start, inside, end }
  private var place = Place.start

  init(_ source: PeekedSource) throws(TernError) {
    self.source = source
    // Inline rows have their brackets: `[[`, or `[]`. Rows of parts begin with one, and a value.
    let head = try source.peek(64).filter { $0 > 0x20 }
    if head.count < 2 || head[1] == UInt8(ascii: "[") || head.elementsEqual(Self.empty) {
      place = .inside
      isBare = false
    } else {
      isBare = true
    }
  }

  private let isBare: Bool
  private static let empty = Array("[]".utf8)

  func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    switch place {
    case .start:
      window.append(UInt8(ascii: "["))
      place = .inside
      return true
    case .inside:
      if try source.read(into: &window) { return true }
      place = .end
      guard isBare else { return false }
      window.append(UInt8(ascii: "]"))
      return true
    case .end: return false
    }
  }
}
