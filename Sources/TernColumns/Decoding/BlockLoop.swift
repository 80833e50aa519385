import TernCore

/// Why a loop over a column stopped.
enum BlockEnd {
  /// As many values as there was room for; the next one follows.
  case full
  /// Before the `]`.
  case endOfArray
  /// Before a value that needs the slow way: an unusual form, an error, or the window's end.
  case unusual
}

/// The hot loop of column-major results: one copy a kind of value, nothing decided in it.
enum BlockLoop<Format: CellFormat> {
  /// Reads values from the window's read position, which is at the start of one.
  @inline(never)
  static func run(
    _ builder: ColumnBuilder, _ window: JSONWindow
  ) throws(TernError) -> BlockEnd {
    let textByteCount = min(window.available, 64 << 10)
    var sink = try CellSink(
      builder, rowCount: ColumnDecoder.blockRowCount, dataByteCount: textByteCount)
    let start = unsafe window.start
    var next = unsafe start
    var end = BlockEnd.full
    // Sound: readers never return beyond the zero bytes behind the window, and those bytes are
    // no delimiter, so `next` moves only over bytes that are there.
    while sink.rowCount < sink.rowCountMax {
      guard let behind = unsafe Format.read(next, &sink) else {
        if unsafe byte(next) == 0x20 {
          unsafe next += 1
          continue
        }
        guard let behind = unsafe try null(next, &sink, builder) else {
          end = .unusual
          break
        }
        unsafe next = behind
        if unsafe byte(next) == UInt8(ascii: "]") {
          end = .endOfArray
          break
        }
        unsafe next += 1
        continue
      }
      let delimiter = unsafe byte(behind)
      if delimiter == UInt8(ascii: ",") {
        sink.commit()
        unsafe next = behind + 1
        continue
      }
      guard delimiter == UInt8(ascii: "]") else {
        end = .unusual
        break
      }
      sink.commit()
      unsafe next = behind
      end = .endOfArray
      break
    }
    sink.finish(builder)
    unsafe window.skip(next - start)
    return end
  }

  /// Reads `null` with a delimiter behind it; nil if something else is there.
  @inline(__always)
  @unsafe private static func null(
    _ start: UnsafeRawPointer, _ sink: inout CellSink, _ builder: ColumnBuilder
  ) throws(TernError) -> UnsafeRawPointer? {
    guard unsafe NullWord.isNext(start) else { return nil }
    try builder.validity.setNull(at: sink.rowOffset + sink.rowCount)
    sink.writeNull()
    sink.commit()
    return unsafe start + 4
  }
}

/// The word `null`.
enum NullWord {
  /// Whether it comes next, with a comma or the end of the array behind it.
  @inline(__always)
  @unsafe static func isNext(_ start: UnsafeRawPointer) -> Bool {
    guard unsafe UInt32(littleEndian: start.loadUnaligned(as: UInt32.self)) == 0x6C6C_756E else {
      return false
    }
    let delimiter = unsafe byte(start + 4)
    return delimiter == UInt8(ascii: ",") || delimiter == UInt8(ascii: "]")
  }
}
