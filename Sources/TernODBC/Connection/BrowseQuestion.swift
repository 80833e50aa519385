import Tern

/// One thing that SQLBrowseConnect asks for.
struct BrowseQuestion {
  /// `KEYWORD:Prompt={choices}`, as the specification writes it.
  let text: String

  /// What `target` still needs. The login is asked for once, since servers may do without.
  static func missing(
    in target: ConnectionTarget, asksLogin: Bool
  ) throws(TernError) -> [BrowseQuestion] {
    var questions: [BrowseQuestion] = []
    guard let driver = target.driver else {
      let schemes = target.registry.drivers.map { $0.grammar.scheme }.joined(separator: ",")
      return [BrowseQuestion(text: "PROTOCOL:Protocol={\(schemes)}")]
    }
    if try target.hosts.isEmpty, target.account == nil {
      questions.append(BrowseQuestion(text: "SERVER:Server=?"))
    }
    for option in driver.grammar.required where !target.isSet(option) {
      questions.append(BrowseQuestion(text: "\(option.uppercased()):\(option)=?"))
    }
    if asksLogin {
      if !target.isSet("user") { questions.append(BrowseQuestion(text: "UID:Login=?")) }
      if !target.isSet("password") { questions.append(BrowseQuestion(text: "*PWD:Password=?")) }
    }
    return asksLogin && questions.count == 1 && target.isSet("user") ? [] : questions
  }
}
