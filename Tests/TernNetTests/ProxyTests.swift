import TernCore
import TernTestKit
import Testing

@testable import TernNet

@Suite struct ProxyTests {
  private let target = Endpoint(host: "db.example", port: 8_563)

  private func connect(_ proxy: Peer, login: String = "") throws -> ByteStream {
    var settings = ConnectSettings()
    let server = try ProxyServer(parsing: "http://\(login)\(proxy.endpoint)")
    settings.proxy = ProxySettings(.server(server))
    return try ByteStream.connect(to: target, settings, CallContext())
  }

  @Test func opensATunnel() throws {
    let proxy = try Peer { line in
      let head = line.readHead()
      #expect(head.hasPrefix("CONNECT db.example:8563 HTTP/1.1\r\nHost: db.example:8563\r\n"))
      #expect(head.range(of: "Proxy-Authorization: Basic bWU6cEBzcw==") != nil)
      line.write("HTTP/1.1 200 Connection established\r\n\r\n")
      line.write(line.read(2))
      line.waitForEnd()
    }
    let stream = try connect(proxy, login: "me:p%40ss@")
    try stream.write([1, 2].span, CallContext(), "sending")
    var received: [UInt8] = []
    while received.count < 2 {
      received += try [UInt8](capacity: 2) { window in
        _ = try stream.read(into: &window, CallContext(), "receiving")
      }
    }
    #expect(received == [1, 2])
  }

  @Test(arguments: [
    ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", SQLState.connectionRefused, "login"),
    ("HTTP/1.1 502 Bad Gateway\r\n\r\n", .cannotConnect, "502 Bad Gateway"),
    ("", .cannotConnect, "closed the line"),
    ("HTTP/1.1 200 OK\r\n\r\nearly", .cannotConnect, "bytes after"),
  ])
  func tellsWhyThereIsNoTunnel(answer: String, state: SQLState, why: String) throws {
    let proxy = try Peer { line in
      _ = line.readHead()
      line.write(answer)
      line.finish()
      line.waitForEnd()
    }
    do {
      _ = try connect(proxy, login: "me:secret@")
      Issue.record("connected")
    } catch let error as TernError {
      #expect(error.sqlState == state)
      #expect(error.message.range(of: why) != nil, "\(error)")
      let isNamed = error.message.range(of: "proxy \(proxy.endpoint)") != nil
      #expect(isNamed || why == "bytes after", "\(error)")
      #expect(error.message.range(of: "secret") == nil)
    }
  }

  private static let environments: [([String: String], Bool, String?)] = [
    (["HTTPS_PROXY": "http://p:1"], true, "p"), (["HTTPS_PROXY": "http://p:1"], false, nil),
    (["http_proxy": "p:2"], false, "p"), (["HTTP_PROXY": ""], false, nil),
    (["HTTP_PROXY": "p:1", "REQUEST_METHOD": "GET"], false, nil),
    (["HTTPS_PROXY": "p:1", "NO_PROXY": "a, .example"], true, nil),
    (["HTTPS_PROXY": "p:1", "NO_PROXY": "example"], true, nil),
    (["HTTPS_PROXY": "p:1", "NO_PROXY": "db.example:8563"], true, nil),
    (["HTTPS_PROXY": "p:1", "NO_PROXY": "db.example:1"], true, "p"),
    (["HTTPS_PROXY": "p:1", "NO_PROXY": "b.example"], true, "p"),
    (["HTTPS_PROXY": "p:1", "no_proxy": "*"], true, nil),
  ]

  @Test(arguments: environments)
  func theEnvironmentChooses(
    variables: [String: String], isEncrypted: Bool, host: String?
  ) throws {
    let server = try ProxySettings().server(for: target, isEncrypted: isEncrypted) {
      variables[$0]
    }
    #expect(server?.endpoint.host == host)
  }

  @Test(arguments: ["http://", "http://h:0", "http://h:x", "h:1:2]", "http://[::1"])
  func refusesWhatIsNoProxy(text: String) {
    #expect(throws: TernError.self) { try ProxyServer(parsing: text) }
  }

  @Test func readsALogin() throws {
    let server = try ProxyServer(parsing: "http://me:a:b%2F@[::1]:3128/")
    #expect(server.endpoint == Endpoint(host: "::1", port: 3_128))
    #expect(server.user == "me" && server.password?.text == "a:b/")
  }
}
