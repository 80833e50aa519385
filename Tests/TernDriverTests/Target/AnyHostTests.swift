import TernCore
import Testing

@testable import TernDriver

/// Which hosts of a target are tried, and what is said when none answers.
struct AnyHostTests {
  private func target(_ hosts: String) throws -> ConnectionTarget {
    let registry = DriverRegistry([FakeDriver.self]) { _ throws(TernError) in [] }
    return try ConnectionTarget(parsing: "fake://\(hosts)/", registry: registry)
  }

  /// The hosts that were tried, and how it ended.
  private func trial(
    _ hosts: String, _ context: CallContext = CallContext(),
    _ answer: (HostAddress) -> TernError?
  ) throws -> (tried: [String], found: String?, error: TernError?) {
    var tried: [String] = []
    do throws(TernError) {
      let target: ConnectionTarget
      do { target = try self.target(hosts) } catch { throw .internal("\(error)") }
      let found = try target.onAnyHost(context) { host throws(TernError) -> String in
        tried.append(host.host)
        if let error = answer(host) { throw error }
        return host.host
      }
      return (tried, found, nil)
    } catch {
      return (tried, nil, error)
    }
  }

  @Test func everyHostIsTriedOnceUntilOneAnswers() throws {
    var firsts: Set<String> = []
    for _ in 0..<200 {
      let (tried, found, _) = try trial("h1,h2,h3,h4") {
        $0.host == "h3" ? nil : .lineLost("\($0.host) is away")
      }
      #expect(found == "h3" && tried.last == "h3" && Set(tried).count == tried.count)
      firsts.formUnion(tried.prefix(1))
    }
    #expect(firsts.count == 4, "the order is another one each time")
  }

  @Test func whatNoHostSaysIsToldTogether() throws {
    let (tried, _, error) = try trial("h1,h2") { .lineLost("\($0.host) is away") }
    #expect(Set(tried) == ["h1", "h2"])
    let message = error?.message ?? ""
    #expect(message.hasPrefix("none of 2 hosts could be reached: "))
    #expect(message.contains("h1 is away") && message.contains("h2 is away"))
    #expect(error?.sqlState == .linkFailure)
    let alone = try trial("h1") { _ in .lineLost("away") }
    #expect(alone.error?.message == "away")
  }

  @Test(arguments: [TernError.Kind.authentication, .usage, .sql, .cancelled])
  func otherErrorsAreForAllHosts(kind: TernError.Kind) throws {
    let (tried, _, error) = try trial("h1,h2") { _ in TernError(kind, .general, "no") }
    #expect(tried.count == 1 && error?.message == "no")
  }

  @Test func afterTheDeadlineNoOtherHostIsTried() throws {
    let over = CallContext(deadline: Deadline(nanoseconds: 1, limit: .login))
    let (tried, _, error) = try trial("h1,h2", over) { _ in .lineLost("away") }
    #expect(tried.count == 1 && error?.message == "away")
  }

  @Test func withoutAHostThereIsNothingToTry() throws {
    let target = try parse("Protocol=cluster")
    let error = #expect(throws: TernError.self) {
      try target.onAnyHost(CallContext()) { _ in 1 }
    }
    #expect(error?.sqlState == .cannotConnect)
  }
}
