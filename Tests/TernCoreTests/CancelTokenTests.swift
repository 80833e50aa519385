import Glibc
import Synchronization
import Testing

@testable import TernCore

@Suite struct CancelTokenTests {
  private func isReadable(_ token: CancelToken) -> Bool {
    var entry = pollfd(fd: token.descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, 0) == 1
  }

  @Test func setsSticksAndResets() {
    let token = CancelToken()
    #expect(!token.isCancelled && !isReadable(token))
    token.cancel()
    token.cancel()
    #expect(token.isCancelled && isReadable(token))
    token.reset()
    #expect(!token.isCancelled && !isReadable(token))
    token.reset()
    token.cancel()
    #expect(token.isCancelled && isReadable(token))
  }

  @Test func observersAreCalledUntilForgotten() {
    let token = CancelToken()
    let (forgotten, counter) = (Counter(), Counter())
    token.forget(token.observe { forgotten.count() })
    let second = token.observe { counter.count() }
    token.cancel()
    token.cancel()
    token.forget(second)
    token.cancel()
    token.forget(second)
    #expect(counter.value == 2 && forgotten.value == 0)
  }

  @Test func tokensLeaveNoDescriptorBehind() {
    let highest = (0..<5_000).map { _ in CancelToken().descriptor }.max() ?? -1
    #expect(highest >= 0 && highest < 4_000)
  }
}

private final class Counter: Sendable {
  private let number = Atomic(0)
  var value: Int { number.load(ordering: .relaxed) }
  func count() { number.add(1, ordering: .relaxed) }
}
