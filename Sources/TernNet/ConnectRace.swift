internal import Glibc
internal import TernCore

/// Connects to whichever address of a host answers first: a new attempt starts when the last one
/// failed or has been quiet for a moment, and the losers are closed (RFC 8305, section 5).
struct ConnectRace {
  private let endpoint: Endpoint
  private var waiting: ArraySlice<SocketAddress>
  private var runners: [SharedSocket] = []
  private var failures: [String] = []

  /// How long one attempt may be quiet before the next address gets its chance.
  private static let patienceNanoseconds: Int64 = 250_000_000

  /// Prepares attempts in the order of `addresses`.
  init(to endpoint: Endpoint, _ addresses: [SocketAddress]) {
    self.endpoint = endpoint
    waiting = addresses[...]
  }

  /// The first socket that stands.
  mutating func run(_ context: CallContext) throws(TernError) -> SharedSocket {
    let what = "connecting to \(endpoint)"
    while true {
      try context.check(what)
      if let winner = startNext() { return winner }
      guard !runners.isEmpty else {
        if waiting.isEmpty { throw allFailed() }
        continue
      }
      let pause =
        waiting.isEmpty ? Deadline.never : Deadline.after(Self.patienceNanoseconds, .connect)
      let descriptors = runners.map { $0.socket.descriptor }
      guard try Readiness.writable.wait(on: descriptors, context, pause: pause, what)
      else { continue }
      if let winner = takeWinner() { return winner }
    }
  }

  /// Starts the next attempt; returns its socket if it stands at once.
  private mutating func startNext() -> SharedSocket? {
    guard let address = waiting.popFirst() else { return nil }
    guard let socket = Socket(family: address.family) else {
      failures.append("\(address.text): \(systemMessage(errno))")
      return nil
    }
    let outcome = socket.connect(to: address)
    let runner = SharedSocket(socket, address)
    switch outcome {
    case .count: return runner
    case .wouldBlock: runners.append(runner)
    case .failed(let code): failures.append("\(address.text): \(systemMessage(code))")
    }
    return nil
  }

  /// The runner that stands; those that failed leave the race.
  private mutating func takeWinner() -> SharedSocket? {
    var left: [SharedSocket] = []
    for runner in runners {
      guard runner.socket.isReady() else {
        left.append(runner)
        continue
      }
      let code = runner.socket.takeError()
      if code == 0 { return runner }
      failures.append("\(runner.address.text): \(systemMessage(code))")
    }
    runners = left
    return nil
  }

  private func allFailed() -> TernError {
    TernError(
      .connection, .cannotConnect,
      "cannot connect to \(endpoint) (\(failures.joined(separator: "; ")))", isRetryable: true)
  }
}
