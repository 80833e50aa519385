internal import TernCore
internal import TernDriver
internal import TernNet

/// Runs `body` for each index from 0 at once, a thread each, and gives all answers in order.
///
/// Exasol's subconnections answer most commands only when every one of them has been asked.
/// - Throws: the first error by index, once all have ended.
func concurrently<Answer: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) throws(TernError) -> Answer
) throws(TernError) -> [Answer] {
  let answers = Locked<[Int: Result<Answer, TernError>]>([:])
  var threads: [WorkerThread] = []
  var failure: TernError?
  for index in 0..<count {
    do throws(TernError) {
      threads.append(
        try WorkerThread.start("tern-exasol") {
          let answer: Result<Answer, TernError>
          do throws(TernError) {
            answer = .success(try body(index))
          } catch {
            answer = .failure(error)
          }
          answers.withLock { $0[index] = answer }
        })
    } catch {
      failure = error
      break
    }
  }
  for thread in threads { thread.join() }
  if let failure { throw failure }
  var ordered: [Answer] = []
  for index in 0..<count {
    guard let answer = answers.current[index] else { throw .internal("a thread gave no answer") }
    ordered.append(try answer.get())
  }
  return ordered
}
