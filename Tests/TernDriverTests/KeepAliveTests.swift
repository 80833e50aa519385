import TernCore
import TernNet
import Testing

@testable import TernDriver

@Suite struct KeepAliveTests {
  private func script(everyMilliseconds: Int64) -> Script {
    Script { $0.keepAliveNanoseconds = everyMilliseconds * 1_000_000 }
  }

  private func waitForTouches(_ script: Script, _ count: Int) throws {
    try script.touches.wait(
      CallContext(deadline: .after(10_000_000_000, .network)), "waiting for a touch"
    ) { $0 >= count ? () : nil }
  }

  @Test func anIdleSessionIsTouchedAgainAndAgain() throws {
    let script = script(everyMilliseconds: 2)
    let connection = try script.connection()
    try waitForTouches(script, 3)
    connection.close()
    let calls = script.calls
    #expect(calls.last == "goodbye")
    #expect(calls.filter { $0 == "touch" }.count >= 3)
  }

  @Test func aCallInFlightIsNotDisturbed() throws {
    let script = script(everyMilliseconds: 1)
    let connection = try script.connection()
    let caller = try WorkerThread.start("test") { _ = try? connection.execute("block") }
    // Once the call is in, no touch gets between it and its end.
    while !script.calls.contains("execute block") { _ = connection.isAlive }
    let before = script.touches.withLock { $0 }
    let pause = CallContext(deadline: .after(30_000_000, .network))
    #expect(throws: TernError.self) {
      try script.touches.wait(pause, "") { $0 > before ? () : nil }
    }
    script.door.withLock { $0 = true }
    caller.join()
    try waitForTouches(script, before + 1)
  }

  @Test func sessionsThatDoNotAskAreLeftAlone() throws {
    let script = script(everyMilliseconds: 0)
    let connection = try script.connection()
    try connection.ping()
    connection.close()
    #expect(script.calls == ["ping", "goodbye"])
  }
}
