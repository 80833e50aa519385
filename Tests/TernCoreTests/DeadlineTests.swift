import Testing

@testable import TernCore

@Suite struct DeadlineTests {
  @Test(arguments: [0, -1, Int64.min])
  func nothingAndLessMeansNever(duration: Int64) {
    let deadline = Deadline.after(duration, .query)
    #expect(deadline.isNever && !deadline.isOver && deadline.remaining == nil)
    #expect(deadline.pollMilliseconds == -1 && deadline.limit == .query)
  }

  @Test func hugeDurationsDoNotWrap() {
    #expect(Deadline.after(.max, .login).isNever)
    #expect(Deadline.after(.max - 1, .login).isNever)
    #expect(!Deadline.after(86_400_000_000_000, .login).isNever)
  }

  @Test func pollWaitsAreRoundedUpAndAtMostADay() {
    let now = Deadline.now
    let over = Deadline(nanoseconds: now - 1, limit: .query)
    #expect(over.pollMilliseconds == 0 && over.remaining == 0 && over.isOver)
    #expect(Deadline(nanoseconds: now + 10_000_000_000, limit: .query).pollMilliseconds > 0)
    #expect(Deadline.after(.max / 2, .query).pollMilliseconds == 86_400_000)
  }

  @Test func theClockOnlyRises() {
    var last = Deadline.now
    var isRising = true
    for _ in 0..<10_000 {
      let now = Deadline.now
      isRising = isRising && now >= last
      last = now
    }
    #expect(isRising)
  }

  @Test func theEarlierOneCountsWithItsLimit() {
    let (soon, late) = (Deadline.after(1_000, .query), Deadline.after(2_000_000_000, .network))
    #expect(soon.earlier(late) == soon && late.earlier(soon) == soon)
    #expect(Deadline.never.earlier(late) == late)
    #expect(CallContext(deadline: late).limited(to: soon).deadline == soon)
    #expect(CallContext(deadline: soon).limited(to: late).deadline == soon)
  }

  @Test(arguments: [
    (Deadline.Limit.connect, "connect_timeout", "HYT00"), (.login, "login_timeout", "HYT00"),
    (.query, "query_timeout", "HYT00"), (.network, "network_timeout", "HYT01"),
  ])
  func errorsNameTheOption(limit: Deadline.Limit, option: String, state: String) {
    let error = Deadline.after(1, limit).error(waitingFor: "looking around")
    #expect(error.kind == .timeout && error.sqlState.text == state)
    #expect(error.message.hasPrefix("\(option) passed while looking around"))
    #expect(error.endsConnection == (limit == .network))
  }

  @Test func contextsThrowWhatEndedThem() throws {
    let token = CancelToken()
    let context = CallContext(deadline: Deadline(nanoseconds: 1, limit: .query), cancelToken: token)
    #expect(#expect(throws: TernError.self) { try context.check("x") }?.sqlState == .timeout)
    try CallContext().check("x")
    token.cancel()
    // What the caller asked for comes first.
    #expect(#expect(throws: TernError.self) { try context.check("x") } == .cancelled)
  }
}
