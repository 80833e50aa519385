import Glibc
import TernCore
import TernTestKit
import Testing

@testable import TernNet

/// Several addresses of a host: their order, and what one that fails or keeps quiet costs.
@Suite struct AddressTests {
  private func address(_ text: String, _ port: UInt16) throws -> SocketAddress {
    let endpoint = Endpoint(host: text, port: port)
    return try #require(try Resolver.addresses(of: endpoint, CallContext()).first)
  }

  private func race(
    _ addresses: [SocketAddress], _ context: CallContext = CallContext()
  ) throws(TernError) -> SharedSocket {
    var race = ConnectRace(to: Endpoint(host: "db.example", port: 1), addresses)
    return try race.run(context)
  }

  private func port(of winner: SharedSocket) -> UInt16 {
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = unsafe getpeername(winner.socket.descriptor, generic, &length)
      }
    }
    return UInt16(bigEndian: name.sin_port)
  }

  @Test(arguments: [
    ("localhost", true), ("LOCALHOST", true), ("127.0.0.1", true), ("127.9.9.9", true),
    ("::1", true), ("127.example.com", false), ("127.0.0.1.example", false), ("127.0.0", false),
    ("127.0.0.256", false), ("128.0.0.1", false), ("localhost.example", false), ("", false),
  ])
  func onlyThisMachineIsLoopback(_ host: String, _ isLoopback: Bool) {
    #expect(Endpoint(host: host, port: 1).isLoopback == isLoopback)
  }

  @Test func theNextAddressIsTriedAtOnceWhenOneRefuses() throws {
    let peer = try Peer { $0.waitForEnd() }
    // Nothing listens on the other addresses of the loopback.
    let dead = try ["127.0.0.2", "127.0.0.3", "::1"].map { try address($0, peer.port) }
    let start = Deadline.now
    let winner = try race(dead + [address("127.0.0.1", peer.port)])
    #expect(winner.address.text == "127.0.0.1" && port(of: winner) == peer.port)
    #expect(Deadline.now - start < 200_000_000, "no refusal waits for the quarter of a second")
  }

  @Test func aQuietAddressCostsAQuarterOfASecond() throws {
    let full = try FullListener()
    let peer = try Peer { $0.waitForEnd() }
    let start = Deadline.now
    let winner = try race([full.address, address("127.0.0.1", peer.port)])
    #expect(port(of: winner) == peer.port)
    let took = Deadline.now - start
    #expect(took >= 250_000_000 && took < 1_000_000_000, "\(took / 1_000_000) ms")
  }

  @Test func theFirstAddressWinsWhenAllAnswer() throws {
    let peers = try [Peer { $0.waitForEnd() }, Peer { $0.waitForEnd() }]
    let winner = try race(peers.map { try address("127.0.0.1", $0.port) })
    #expect(port(of: winner) == peers[0].port)
  }

  @Test func everyFailureIsNamed() throws {
    let peer = try Peer([])
    peer.waitForEnd()
    let addresses = try ["127.0.0.1", "::1"].map { try address($0, peer.port) }
    do throws(TernError) {
      _ = try race(addresses)
      Issue.record("connected")
    } catch {
      #expect(error.sqlState == .cannotConnect && error.isRetryable)
      #expect(error.message.contains("db.example:1"))
      for part in ["127.0.0.1: ", "::1: "] {
        #expect(error.message.contains(part), "\(error.message)")
      }
    }
  }

  @Test func allQuietAddressesEndWithTheDeadline() throws {
    let full = try FullListener()
    do throws(TernError) {
      _ = try race([full.address], CallContext(deadline: .after(100_000_000, .connect)))
      Issue.record("connected")
    } catch {
      #expect(error.sqlState == .timeout)
      #expect(error.message.contains("connect_timeout"))
    }
  }

  @Test func familiesTakeTurnsAndNumbersNeedNoResolver() throws {
    let four = try Resolver.addresses(of: Endpoint(host: "127.0.0.1", port: 7), CallContext())
    #expect(four.map(\.text) == ["127.0.0.1"])
    let six = try Resolver.addresses(of: Endpoint(host: "::1", port: 7), CallContext())
    #expect(six.map(\.text) == ["::1"])
    #expect(six[0].family == AF_INET6 && four[0].family == AF_INET)
  }

  @Test(arguments: ["no-such-host.invalid", "", "a\0b"])
  func namesThatMeanNothingAreErrors(name: String) throws {
    do throws(TernError) {
      _ = try Resolver.addresses(of: Endpoint(host: name, port: 7), CallContext())
      Issue.record("resolved")
    } catch {
      #expect(error.sqlState == .cannotConnect)
    }
  }

  @Test func anIPv6ServerIsReachedByItsLiteral() throws {
    let peer = try Peer(family: AF_INET6) { line in
      line.write(line.read(2))
      line.waitForEnd()
    }
    var settings = ConnectSettings()
    settings.proxy = ProxySettings(.off)
    let stream = try ByteStream.connect(to: peer.endpoint, settings, CallContext())
    #expect("\(stream.endpoint)" == "[::1]:\(peer.port)")
    try stream.write([3, 4].span, CallContext(), "sending")
    var received: [UInt8] = []
    while received.count < 2 {
      received += try [UInt8](capacity: 2) { window in
        _ = try stream.read(into: &window, CallContext(), "receiving")
      }
    }
    #expect(received == [3, 4])
    stream.close()
  }
}
