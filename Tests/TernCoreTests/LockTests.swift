import Glibc
import Synchronization
import Testing

@testable import TernCore

@Suite struct LockTests {
  private final class Counter: Sendable {
    let number = Lock(0)
  }

  @Test func countsWhatEveryThreadAdds() {
    let counter = Counter()
    Threads.run(4) { _ in for _ in 0..<2_000 { counter.number.withLock { $0 += 1 } } }
    #expect(counter.number.withLock { $0 } == 8_000)
  }

  @Test func triesWithoutWaiting() {
    let counter = Counter()
    let isTaken = counter.number.withLock { _ in
      // Another thread asks: a lock says nothing about its owner asking again.
      let answer = Lock<Bool?>(nil)
      Threads.run(1) { _ in
        let isTaken = counter.number.withLockIfAvailable { _ in true } == nil
        answer.withLock { $0 = isTaken }
      }
      return answer.withLock { $0 }
    }
    #expect(isTaken == true)
    #expect(counter.number.withLockIfAvailable { $0 += 5; return $0 } == 5)
    #expect(counter.number.withLock { $0 } == 5)
  }
}

/// What the sanitizers must find: these fail on purpose, when `Tests/run.py` asks for them.
@Suite struct DeliberateFaults {
  private static func isWanted(_ name: String) -> Bool {
    guard let value = unsafe getenv("TERN_DELIBERATE") else { return false }
    return unsafe String(cString: value) == name
  }

  /// A value that has no lock of its own.
  @safe private final class Shared: @unchecked Sendable {
    nonisolated(unsafe) var value = 0
    let locks = [LockBox(), LockBox()]
    let startCount = Atomic(0)
  }

  private final class LockBox: Sendable {
    let lock = Lock(())
  }

  /// Each thread holds a lock, but not the same one.
  @Test(.enabled(if: isWanted("race")))
  func raceBelowTwoLocks() {
    let shared = Shared()
    Threads.run(2) { index in
      // Both at once, without an order between them that the sanitizer would respect.
      shared.startCount.add(1, ordering: .relaxed)
      while shared.startCount.load(ordering: .relaxed) < 2 { sched_yield() }
      for _ in 0..<200_000 { shared.locks[index].lock.withLock { _ in unsafe shared.value += 1 } }
    }
    #expect(unsafe shared.value > 0)
  }

  /// Two objects that hold each other, and memory that nobody frees.
  @Test(.enabled(if: isWanted("leak")))
  func leakOfACycle() {
    final class Knot {
      var other: Knot?
      let name = String(repeating: "knot", count: 40)
    }
    let (first, second) = (Knot(), Knot())
    (first.other, second.other) = (second, first)
    #expect(first.other === second)
  }
}

/// Threads of the system's own.
enum Threads {
  private final class Work: Sendable {
    let index: Int
    let body: @Sendable (Int) -> Void
    init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
      (self.index, self.body) = (index, body)
    }
  }

  /// Runs `body` on so many threads at once and waits for all of them.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).compactMap { index -> pthread_t? in
      var thread = pthread_t()
      let work = unsafe Unmanaged.passRetained(Work(index, body)).toOpaque()
      let code = unsafe pthread_create(
        &thread, nil,
        { argument in
          guard let argument = unsafe argument else { return nil }
          let work = unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
          work.body(work.index)
          return nil
        }, work)
      return code == 0 ? thread : nil
    }
    #expect(threads.count == count)
    for thread in threads { pthread_join(thread, nil) }
  }
}
