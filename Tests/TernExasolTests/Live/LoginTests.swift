import TernColumns
import TernCore
import TernDriver
import TernNet
import TernTestKit
import Testing

extension LiveTests {
  @Suite struct Logins {
    let server: Standin

    init() throws {
      server = try Standin.shared.get()
      try server.reset()
    }

    private func uri(_ user: String, _ port: String, host: String = "localhost") -> String {
      "exasol://\(user)@\(host):\(server[port])?proxy=off"
    }

    @Test(arguments: [
      ("tls", "tls_ca_file=%CA", nil as String?, ""),
      ("tls", "", "08001", "tls_pin="),
      ("tls", "tls_pin=%LEAF", nil, ""),
      ("tls", "tls_pin=%EXPIRED", "08001", "%LEAF"),
      ("tls", "tls_verify=off", nil, ""),
      ("ports.tlsExpired", "tls_ca_file=%CA", "08001", "expired"),
      ("ports.tlsExpired", "tls_pin=%EXPIRED", nil, ""),
      ("ports.tlsWrongHost", "tls_ca_file=%CA", "08001", ""),
      ("ports.tlsWrongHost", "tls_ca_file=%CA&tls_verify=chain", nil, ""),
      ("ports.tlsSelfSigned", "", "08001", "%SELF"),
      ("ports.tlsClientCertificate", "tls_ca_file=%CA", "08001", ""),
      (
        "ports.tlsClientCertificate",
        "tls_ca_file=%CA&tls_cert_file=%CERT&tls_key_file=%KEY", nil, ""
      ),
    ])
    func certificatesDecide(port: String, options: String, state: String?, says: String) throws {
      // Trap 1: what was presented, and how to pin it.
      func fill(_ text: String) -> String {
        var text = text
        for (mark, name) in [
          ("%CA", "ca"), ("%LEAF", "fingerprints.leaf"), ("%EXPIRED", "fingerprints.expired"),
          ("%SELF", "fingerprints.selfSigned"), ("%CERT", "clientCertificate"),
          ("%KEY", "clientKey"),
        ] { text = text.replacing(mark, with: server[name]) }
        return text
      }
      let name = port == "tls" ? "ports.tls" : port
      let open = { try server.connect(fill(options), uri: uri("SYS:exasol", name)) }
      guard let state else {
        let connection = try open()
        #expect(try connection.rows("SELECT 1") == [[.whole(1)]])
        return connection.close()
      }
      let error = #expect(throws: TernError.self) { try open() }
      let isRefusal = port == "ports.tlsClientCertificate"
      #expect(error?.sqlState.text == state || isRefusal, "\(String(describing: error))")
      #expect(
        error?.message.lowercased().contains(fill(says).lowercased()) == true || says.isEmpty,
        "\(error?.message ?? "")")
    }

    @Test(arguments: [
      ("SYS:exasol", "", nil as String?), ("SYS:wrong", "", "28000"),
      ("%C3%9CSER:p%C3%A4ssw%C3%B6rd-%E2%82%AC", "", nil),
      ("", "refresh_token=exa_pat_0123456789", nil),
      ("", "access_token=access-0123456789", nil), ("", "access_token=access-expired", "28000"),
      ("", "refresh_token=exa_pat_expired", "28000"),
      ("", "refresh_token=a&access_token=b", "HY024"),
    ])
    func credentialsDecide(user: String, options: String, state: String?) throws {
      // Trap 7: bytes of UTF-8, not code points.
      let text =
        "exasol://\(user.isEmpty ? "" : user + "@")localhost:\(server["ports.tls"])?proxy=off"
      let open = {
        try server.connect(
          "tls_pin=\(server["fingerprint"])" + (options.isEmpty ? "" : "&" + options), uri: text)
      }
      guard let state else {
        let connection = try open()
        #expect(try connection.rows("SELECT 1") == [[.whole(1)]])
        return connection.close()
      }
      #expect(#expect(throws: TernError.self) { try open() }?.sqlState.text == state)
    }

    @Test func tokensAndPinsNeedTLS() throws {
      // Trap 4.
      let token = #expect(throws: TernError.self) {
        try server.connect(
          uri: "exasol+ws://127.0.0.1:\(server["port"])?refresh_token=exa_pat_0123456789")
      }
      #expect(token?.kind == .usage)
      let pin = #expect(throws: TernError.self) {
        try server.connect(
          uri: "Protocol=exasol;UID=SYS;PWD=exasol;tls=off;Server=127.0.0.1/"
            + "\(server["fingerprint"]):\(server["port"])")
      }
      #expect(pin?.kind == .usage)
    }

    @Test func longPasswordsNameTheTokenOption() throws {
      // Trap 6: 117 bytes fit, 118 do not.
      for (count, kind) in [(117, TernError.Kind.authentication), (118, .usage)] {
        let password = String(repeating: "x", count: count)
        let error = #expect(throws: TernError.self) {
          try server.connect(
            uri: "exasol+ws://SYS:\(password)@127.0.0.1:\(server["port"])?proxy=off")
        }
        #expect(error?.kind == kind)
        if kind == .usage { #expect(error?.message.contains("refresh_token") == true) }
      }
    }

    @Test func plainTextIsRefusedWithAHint() throws {
      // Trap 3.
      try server.options(#"{"tlsOnly":true}"#)
      let error = #expect(throws: TernError.self) { try server.connect() }
      #expect(error?.sqlState.text == "08004")
      #expect(error?.message.contains("tls=on") == true)
    }

    @Test func deadHostsArePassedOver() throws {
      // Traps 8 and 9.
      for _ in 0..<4 {
        let connection = try server.connect(
          uri: "exasol+ws://SYS:exasol@127.0.0.1:1,no-such-host.invalid:1,127.0.0.2:"
            + "\(server["port"])?proxy=off")
        connection.close()
      }
      let error = #expect(throws: TernError.self) {
        try server.connect(uri: "exasol+ws://SYS:exasol@127.0.0.1:1,127.0.0.3:1?proxy=off")
      }
      #expect(error?.sqlState == .cannotConnect)
      #expect(error?.message.contains("127.0.0.1:1") == true)
      #expect(error?.message.contains("127.0.0.3:1") == true)
    }

    @Test func loginErrorsAreNotTriedElsewhere() throws {
      let error = #expect(throws: TernError.self) {
        try server.connect(
          uri: "exasol+ws://SYS:bad@127.0.0.1:\(server["port"]),127.0.0.2:\(server["port"])"
            + "?proxy=off")
      }
      #expect(error?.kind == .authentication)
      #expect(try server.commands().count { $0 == "login" } == 1)
    }

    @Test(arguments: [true, false])
    func proxiesAreTunnelled(hasPassword: Bool) throws {
      // Trap 14.
      let proxy =
        hasPassword
        ? "http://proxy-user:proxy-pass%3Aword@127.0.0.1:\(server["connectProxy.basicPort"])"
        : "http://127.0.0.1:\(server["connectProxy.port"])"
      let encoded = proxy.replacing("%", with: "%25")
      let before = try server.count("connectProxyTunnels")
      let connection = try server.connect(
        uri: "exasol+ws://SYS:exasol@127.0.0.1:\(server["port"])?proxy=\(encoded)&no_proxy=")
      #expect(try connection.rows("SELECT 1") == [[.whole(1)]])
      #expect(try server.count("connectProxyTunnels") > before)
      connection.close()
    }

    @Test(arguments: ["login", "credentials", "getAttributes"])
    func loginTimeoutEndsAtOnce(command: String) throws {
      try server.faults(#"{"command":"\#(command)","stall":true}"#)
      let start = Deadline.now
      let error = #expect(throws: TernError.self) { try server.connect("login_timeout=500ms") }
      let took = Deadline.now - start
      #expect(error?.sqlState == .timeout || error?.endsConnection == true)
      #expect(took < 1_500_000_000, "\(command) took \(took / 1_000_000) ms")
    }

    @Test func schemasThatDoNotExistAreReported() throws {
      // Trap 12: also where the server says nothing.
      let refused = #expect(throws: TernError.self) { try server.connect("schema=NOPE") }
      #expect(refused?.message.contains("NOPE") == true)
      // A login that ignores the name: the attributes tell another story.
      try server.faults(
        #"{"command":"getAttributes","nth":1,"set":{"/attributes/currentSchema":"RETAIL"}}"#)
      let connection = try server.connect("schema=S")
      #expect(connection.state.schema == "S", "opened as SQL")
      connection.close()
    }

    @Test func thousandConnectionsLeaveNothingBehind() throws {
      // Traps 16 and 17.
      for index in 0..<1_000 {
        let connection = try server.connect()
        connection.close()
        if index % 100 == 0 { connection.close() }
      }
      // The stand-in notices the last goodbyes in its own time: it is asked until it has.
      for name in ["sessions", "open"] {
        var questions = 0
        while try server.count(name) != 0, questions < 2_000 { questions += 1 }
        #expect(questions < 2_000, "\(name) are left")
      }
    }
  }
}
