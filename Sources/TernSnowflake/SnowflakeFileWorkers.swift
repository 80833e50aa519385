internal import TernCore
internal import TernDriver
internal import TernNet

/// Threads that work together for the length of one call.
final class SnowflakeFileWorkers {
  private var threads: [WorkerThread] = []

  /// Starts one more. Where the system gives no thread, those that run must do.
  ///
  /// - Throws: `.internal` (HY001) when there is not even one.
  func start(_ body: @escaping @Sendable () -> Void) throws(TernError) {
    do throws(TernError) {
      threads.append(try WorkerThread.start("tern-files", body))
    } catch {
      guard !threads.isEmpty else { throw error }
    }
  }

  /// Waits for all of them.
  func join() {
    for thread in threads { thread.join() }
    threads = []
  }

  /// Threads for files at most, whatever the statement says.
  private static let threadCountMax = 16

  /// Runs `body` for each index, so many at once, and gives the answers in order.
  ///
  /// - Throws: the first error by index. After one no other begins.
  static func each<Answer: Sendable>(
    of indexes: [Int], atOnce: Int,
    _ body: @escaping @Sendable (Int) throws(TernError) -> Answer
  ) throws(TernError) -> [Int: Answer] {
    let state = Locked<(rest: ArraySlice<Int>, answers: [Int: Answer], failures: [Int: TernError])>(
      (indexes[...], [:], [:]))
    let work: @Sendable () -> Void = {
      while let index = state.withLock({ $0.failures.isEmpty ? $0.rest.popFirst() : nil }) {
        do throws(TernError) {
          let answer = try body(index)
          state.withLock { $0.answers[index] = answer }
        } catch {
          state.withLock { $0.failures[index] = error }
        }
      }
    }
    let count = min(atOnce, threadCountMax, indexes.count)
    let workers = SnowflakeFileWorkers()
    // The caller's own thread is one of them.
    for _ in 1..<max(1, count) { try? workers.start(work) }
    work()
    workers.join()
    let (answers, failures) = state.withLock { ($0.answers, $0.failures) }
    if let first = failures.min(by: { $0.key < $1.key }) { throw first.value }
    return answers
  }
}
