import Glibc
import TernCore
import TernTestKit
import Testing

@testable import TernNet

/// A limit that ends a test rather than let it hang.
private var patience: CallContext { CallContext(deadline: .after(60_000_000_000, .network)) }

@Suite struct LoopbackTests {
  /// The next line; waits for it.
  private func accept(_ listener: LoopbackListener) throws -> LoopbackLine {
    try #require(
      try listener.accept(patience, pause: .after(60_000_000_000, .network), "waiting"))
  }

  private func connect(_ host: String, _ port: UInt16) throws -> ByteStream {
    var settings = ConnectSettings()
    settings.proxy = ProxySettings(.off)
    return try ByteStream.connect(to: Endpoint(host: host, port: port), settings, patience)
  }

  private func readAll(_ stream: ByteStream) throws -> String {
    var bytes: [UInt8] = []
    var isOpen = true
    while isOpen {
      bytes += try [UInt8](capacity: 4_096) { window throws(TernError) in
        isOpen = try stream.read(into: &window, patience, "reading")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: ["127.0.0.1", "::1"])
  func bothFamiliesAreHeard(_ host: String) throws {
    let listener = try LoopbackListener()
    guard let stream = try? connect(host, listener.port) else {
      // A machine without IPv6.
      #expect(host == "::1")
      return
    }
    let text = "POST /x?a=%20b HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"
    try stream.write(Array(text.utf8).span, patience, "asking")
    let line = try accept(listener)
    let request = try #require(try line.request(patience))
    #expect(request.method == "POST" && request.target == "/x?a=%20b")
    #expect(request.headers["host"] == "h" && request.body == Array("body".utf8))
    try line.answer("200 OK", [("X-Y", "z")], "thanks", patience)
    _ = consume line
    let answer = try readAll(stream)
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n"))
    #expect(answer.hasSuffix("X-Y: z\r\n\r\nthanks"))
  }

  @Test(arguments: [
    "", "nonsense\r\n\r\n", "GET / HTTP/1.1\r\nbad header\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nx",
  ])
  func whatIsNoRequestIsNil(_ text: String) throws {
    let listener = try LoopbackListener()
    let stream = try connect("127.0.0.1", listener.port)
    if !text.isEmpty { try stream.write(Array(text.utf8).span, patience, "asking") }
    stream.close()
    #expect(try accept(listener).request(patience) == nil)
  }

  @Test func aPauseEndsTheWait() throws {
    let listener = try LoopbackListener()
    #expect(try listener.accept(patience, pause: .after(1, .network), "waiting") == nil)
  }

  @Test func aCancelEndsTheWait() throws {
    let listener = try LoopbackListener()
    let token = CancelToken()
    token.cancel()
    #expect(throws: TernError.cancelled) {
      try listener.accept(CallContext(cancelToken: token), pause: .never, "waiting")
    }
  }

  @Test func aTakenPortIsSaid() throws {
    let first = try LoopbackListener()
    let error = try #require(throws: TernError.self) { try LoopbackListener(port: first.port) }
    #expect(error.kind == .usage && error.sqlState == .invalidOptionValue)
  }
}

@Suite struct ChildProgramTests {
  /// How a program ends; waits for it.
  private func end(_ program: ChildProgram) -> ChildProgram.Ending {
    var facts = unsafe siginfo_t()
    // Leaves the child to be reaped by whoever asks how it ended.
    _ = unsafe waitid(P_PID, id_t(program.processID), &facts, WEXITED | WNOWAIT)
    return program.ending
  }

  @Test func theStatusIsTold() throws {
    #expect(end(try ChildProgram(["true"])) == .ended(0))
    #expect(end(try ChildProgram(["/bin/sh", "-c", "exit 7"])) == .ended(7))
    #expect(end(try ChildProgram(["sh", "-c", "kill -9 $$"])) == .ended(137))
  }

  @Test func argumentsReachTheProgramAsTheyAre() throws {
    let program = try ChildProgram(["test", "a b;`id`$HOME", "=", "a b;`id`$HOME"])
    #expect(end(program) == .ended(0))
  }

  @Test func theMaskOfOurThreadsIsNotInherited() throws {
    // A blocked SIGTERM would let the program end by itself.
    let program = try ChildProgram(["sh", "-c", "kill -TERM $$; exit 0"])
    #expect(end(program) == .ended(143))
  }

  @Test(arguments: [[], [""], ["/nowhere/program"], ["no-such-program-anywhere"], ["a\0b"]])
  func whatIsNoProgramIsRefused(_ arguments: [String]) {
    #expect(throws: TernError.self) { try ChildProgram(arguments) }
  }
}

@Suite struct FileLockTests {
  @Test func oneHolderAtATime() throws {
    var template = Array("/tmp/tern-lock-XXXXXX".utf8CString)
    _ = unsafe mkdtemp(&template)
    let folder = String(
      decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = folder + "/lock"
    defer {
      unsafe unlink(path)
      unsafe rmdir(folder)
    }
    do {
      guard let first = FileLock(path, waitingFor: 1) else {
        Issue.record("no lock")
        return
      }
      if FileLock(path, waitingFor: 20_000_000) != nil { Issue.record("two holders") }
      _ = consume first
    }
    if FileLock(path, waitingFor: 1) == nil { Issue.record("not given back") }
    if FileLock("/nowhere/lock", waitingFor: 1) != nil { Issue.record("no file") }
  }
}
