internal import TernCore

/// Lines that stand idle, by origin.
final class HTTPPool: Sendable {
  private let idle = Lock<[HTTPOrigin: [HTTPConnection]]>([:])
  private let idleCountMax: Int
  private let idleNanosecondsMax: Int64

  /// Keeps at most `idleCountMax` lines per origin, none longer than `idleNanosecondsMax`.
  init(idleCountMax: Int, idleNanosecondsMax: Int64) {
    self.idleCountMax = idleCountMax
    self.idleNanosecondsMax = idleNanosecondsMax
  }

  /// A line to `origin` on which nothing has happened since it became idle; nil if there is none.
  func take(_ origin: HTTPOrigin) -> HTTPConnection? {
    while let connection = idle.withLock({ $0[origin]?.popLast() }) {
      // A server that gives up a line has closed it by now, or will soon.
      if Deadline.now - connection.idleSince < idleNanosecondsMax, connection.isReusable {
        return connection
      }
      connection.stream.close()
    }
    return nil
  }

  /// Takes a line back whose exchange has ended well.
  func give(_ connection: HTTPConnection) {
    connection.isReused = true
    connection.idleSince = Deadline.now
    let surplus = idle.withLock { idle -> HTTPConnection? in
      idle[connection.origin, default: []].append(connection)
      guard idle[connection.origin, default: []].count > idleCountMax else { return nil }
      return idle[connection.origin]?.removeFirst()
    }
    surplus?.stream.close()
  }

  /// Closes all idle lines.
  func closeAll() {
    let all = idle.withLock { idle in
      defer { idle = [:] }
      return idle.values.flatMap { $0 }
    }
    for connection in all { connection.stream.close() }
  }
}
