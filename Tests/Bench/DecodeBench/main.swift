// The decoder benchmark: pages of fetch replies, already in memory, to batches.
//
//   decode-bench DIRECTORY [RUNS]
//
// Prints one JSON line with the best run; `decode_simdjson` prints the same for the peer.

import CTern
import Glibc
import TernColumns
import TernCore

/// Bytes in memory, handed out as a socket would: as many as the window takes.
final class PageSource: ByteSource {
  private let page: [UInt8]
  private var offset = 0

  init(_ page: [UInt8]) { self.page = page }

  func read(into window: inout OutputSpan<UInt8>) throws(TernError) -> Bool {
    let count = min(page.count - offset, window.freeCapacity)
    guard count > 0 else { return false }
    unsafe page.withUnsafeBufferPointer { bytes in
      unsafe window.withUnsafeMutableBufferPointer { target, used in
        // Sound: both ranges were just compared with what is there.
        if let from = bytes.baseAddress, let to = target.baseAddress {
          unsafe memcpy(to + used, from + offset, count)
        }
        used += count
      }
    }
    offset += count
    return true
  }
}

let schema = Schema([
  Field("ID", .int64), Field("AMOUNT", .decimal128(precision: 18, scale: 2)),
  Field("RATIO", .float64), Field("NAME", .utf8), Field("DAY", .date32),
  Field("MOMENT", .timestamp(.microsecond, zone: nil)),
])

/// Reads one reply as the Exasol driver does.
func decode(_ reader: JSONReader, _ decoder: ColumnDecoder) throws(TernError) -> Batch? {
  var batch: Batch?
  var rowCount: Int?
  try reader.forEachKey { key throws(TernError) in
    guard key == "responseData" else { return try reader.skip() }
    try reader.forEachKey { key throws(TernError) in
      switch key {
      case "numRows": rowCount = Int(exactly: try reader.int64())
      case "data": batch = try decoder.columns(from: reader, rowCount: rowCount)
      default: try reader.skip()
      }
    }
  }
  try reader.finish()
  return batch
}

/// The sum of all bits that the peer sums.
func checksum(_ batch: Batch) -> UInt64 {
  var sum = UInt64(batch.columns[3].data?.byteCount ?? 0)
  unsafe batch.columns[0].values(as: Int64.self)?.forEach { sum &+= UInt64(bitPattern: $0) }
  unsafe batch.columns[1].values(as: Int128.self)?.forEach {
    sum &+= UInt64(truncatingIfNeeded: $0)
  }
  unsafe batch.columns[2].values(as: Double.self)?.forEach { sum &+= $0.bitPattern }
  unsafe batch.columns[4].values(as: Int32.self)?.forEach {
    sum &+= UInt64(bitPattern: Int64($0))
  }
  unsafe batch.columns[5].values(as: Int64.self)?.forEach { sum &+= UInt64(bitPattern: $0) }
  return sum
}

func load(_ path: String) -> [UInt8] {
  guard let file = unsafe fopen(path, "rb") else { return [] }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = unsafe fread(&buffer, 1, buffer.count, file)
    guard count > 0 else { return bytes }
    bytes += buffer[..<count]
  }
}

func pages(in directory: String) -> [[UInt8]] {
  var pages: [[UInt8]] = []
  while true {
    let digits = String(pages.count + 10_000).dropFirst()
    let page = load("\(directory)/page-\(digits).json")
    guard !page.isEmpty else { return pages }
    pages.append(page)
  }
}

func run(_ directory: String, runs: Int) throws(TernError) {
  let pages = pages(in: directory)
  let decoder = try ColumnDecoder(schema)
  var best = Int64.max
  var sum: UInt64 = 0
  var rows = 0
  for _ in 0..<runs {
    var elapsed: Int64 = 0
    (sum, rows) = (0, 0)
    // Like the peer, which parses padded strings in place, this starts with received bytes.
    var readers: [JSONReader] = []
    for page in pages {
      let reader = try JSONReader(PageSource(page), windowByteCount: page.count + 1)
      try reader.fill()
      readers.append(reader)
    }
    for reader in readers {
      let start = tern_monotonic_nanoseconds()
      let batch = try decode(reader, decoder)
      elapsed += tern_monotonic_nanoseconds() - start
      if let batch {
        sum &+= checksum(batch)
        rows += batch.rowCount
      }
    }
    best = min(best, elapsed)
  }
  let bytes = pages.reduce(0) { $0 + $1.count }
  print(
    "{\"decoder\":\"tern\",\"rows\":\(rows),\"bytes\":\(bytes),"
      + "\"seconds\":\(Double(best) / 1e9),\"checksum\":\(sum)}")
}

let arguments = CommandLine.arguments
if arguments.count < 2 {
  print("usage: decode-bench DIRECTORY [RUNS]")
} else {
  do throws(TernError) {
    try run(arguments[1], runs: arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5)
  } catch {
    print(error)
    exit(1)
  }
}
