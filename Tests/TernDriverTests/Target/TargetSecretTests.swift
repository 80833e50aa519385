import TernCore
import TernDriver
import Testing

/// Passwords must not get out, whatever is wrong with the text around them.
@Suite struct TargetSecretTests {
  private static let secret = "Zq7Xw9Kv"

  @Test func printingHidesSecrets() throws {
    let secret = Self.secret
    let target = try parse(
      "cluster://u:\(secret)@h?refresh_token=\(secret)&proxy=http://a:\(secret)@p:1")
    #expect(target.uri() == "cluster://u:***@h?proxy=***&refresh_token=***")
    for text in ["\(target)", String(reflecting: target), target.keywordString()] {
      #expect(!text.contains(secret))
    }
    var dumped = ""
    dump(target, to: &dumped)
    #expect(!dumped.contains(secret))
    #expect(target.uri(showingSecrets: true).contains(secret))
    for name in ["password", "pwd", "refresh_token", "proxy"] {
      #expect(failure { () throws(TernError) in _ = try target.text(name) } != nil)
    }
  }

  /// Every place where a character of a URI can be doubled, dropped or replaced.
  @Test(arguments: [
    "@", "/", "?", "#", ":", "&", "=", "%", ";", "{", "}", ",", "[", "]", " ", "..",
  ])
  func noErrorRepeatsAPassword(mark: String) {
    let half = Self.secret
    for password in ["\(half)\(mark)\(half)", "\(mark)\(half)", "\(half)\(mark)"] {
      for text in [
        "cluster://u:\(password)@h", "cluster://u:\(password)", "cluster:u:\(password)@h",
        "cluster//u:\(password)@h", "cluster:/u:\(password)@h", "cluster://:\(password)@h",
        "cluster://\(password)@h:x", "clutser://u:\(password)@h",
        "cluster://u:\(password)@h?nothing=1", "cluster://h?pwd=\(password)",
        "cluster://h?pwd=\(password)&tls=x", "cluster://h/?refresh_token=@\(password)",
        "PWD=\(password);Protocol=cluster", "Protocol=cluster;PWD={\(password)",
        "Protocol=cluster;PWD={\(password)};Foo=1", "Protocol=cluster;UID=u;PWD=\(password)x=1;y=2",
        "Protocol=cluster;URI=cluster://u:\(password)@h", "Protocol=cluster;CLUPWD=\(password)",
        "PWD\(password)", "Protocol=\(mark);PWD=\(password)",
        "cluster://h?proxy=http://u:\(password)@p",
      ] {
        expectSilent(text)
      }
    }
  }

  private func expectSilent(_ text: String) {
    for read in [parse, parseODBC] {
      do throws(TernError) {
        let target = try read(text)
        let error = failure { () throws(TernError) in try target.validated() }
        let message = error?.message ?? ""
        #expect(!message.contains(Self.secret), "\(text)")
        for warning in target.warnings {
          #expect(!warning.message.contains(Self.secret), "\(text): \(warning.message)")
        }
      } catch {
        #expect(!error.message.contains(Self.secret), "\(text): \(error.message)")
      }
    }
  }
}
