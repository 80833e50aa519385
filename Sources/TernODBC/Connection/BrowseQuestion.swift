import Tern

/// One thing that SQLBrowseConnect asks for.
struct BrowseQuestion {
  /// `KEYWORD:Prompt={choices}`, as the specification writes it.
  let text: String
  /// Whether it is about the database login, which is asked for once: servers may do without.
  var isLogin = false

  /// What `target` still needs.
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
      let login = [("user", "UID:Login=?"), ("password", "*PWD:Password=?")]
      for (option, text) in login where !target.isSet(option) {
        questions.append(BrowseQuestion(text: text, isLogin: true))
      }
    }
    return asksLogin && questions.count == 1 && target.isSet("user") ? [] : questions
  }
}
