private import CTern
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
    var room = sink.rowCountMax
    var commas = unsafe CommaFinder(start, window.available)
    while room > 0 {
      if Format.isNumber {
        let comma = unsafe commas.first(from: next)
        // Sound: `comma` is a byte of the window, and all before it are.
        if let comma = unsafe comma, unsafe Format.read(next, to: comma, &sink) {
          sink.commit(Format.byteWidth, isText: Format.isText)
          unsafe next = comma + 1
          room &-= 1
          continue
        }
      }
      let behind: UnsafeRawPointer
      if let usual = unsafe Format.read(next, &sink) {
        unsafe behind = usual
      } else {
        if unsafe byte(next) == 0x20 {
          unsafe next += 1
          continue
        }
        guard unsafe NullWord.isNext(next) else {
          end = .unusual
          break
        }
        try Self.noteNull(at: sink.rowOffset &+ sink.rowCount, builder)
        sink.writeNull(Format.byteWidth, isText: Format.isText)
        unsafe behind = next + 4
      }
      let delimiter = unsafe byte(behind)
      guard delimiter == UInt8(ascii: ",") else {
        end = delimiter == UInt8(ascii: "]") ? .endOfArray : .unusual
        if end == .endOfArray {
          sink.commit(Format.byteWidth, isText: Format.isText)
          unsafe next = behind
        }
        break
      }
      sink.commit(Format.byteWidth, isText: Format.isText)
      unsafe next = behind + 1
      room &-= 1
    }
    sink.finish(builder)
    unsafe window.skip(next - start)
    return end
  }

  /// Clears the bit of a NULL; out of line, to leave the loop its registers.
  @inline(never)
  private static func noteNull(at row: Int, _ builder: ColumnBuilder) throws(TernError) {
    try builder.validity.setNull(at: row)
  }
}

/// Finds the commas of a column of numbers, 64 bytes at a time.
@safe private struct CommaFinder {
  /// Commas of 64 bytes that were not given out yet, and where those bytes are.
  private var mask: UInt64 = 0
  private var base: UnsafeRawPointer
  /// The last comma that was given out.
  private var comma: UnsafeRawPointer
  private let limit: UnsafeRawPointer

  /// `byteCount` bytes follow from `start`, and 64 more may be read.
  @inline(__always)
  init(_ start: UnsafeRawPointer, _ byteCount: Int) {
    unsafe base = start - 64
    unsafe comma = start - 1
    unsafe limit = start + byteCount
  }

  /// The first comma from `next` on, which does not go back; nil if there is none.
  @inline(__always)
  @unsafe mutating func first(from next: UnsafeRawPointer) -> UnsafeRawPointer? {
    while unsafe comma < next {
      while mask == 0 {
        unsafe base += 64
        guard unsafe base < limit else { return nil }
        mask = unsafe tern_comma_mask(base)
      }
      unsafe comma = base + mask.trailingZeroBitCount
      mask &= mask &- 1
    }
    return unsafe comma
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
