public import TernCore
import TernDriver

/// What the words of a command line ask for.
public struct Arguments: Hashable, Sendable {
  /// What to do.
  public enum Action: Hashable, Sendable {
    case run, help, version, listOptions
  }

  /// An option of the target that is set beside it.
  public struct Setting: Hashable, Sendable {
    /// The option's name.
    public var name: String
    /// Its value.
    public var value: String
  }

  /// What to do.
  public var action = Action.run
  /// URI or keyword string; nil: from the environment.
  public var target: String?
  /// SQL, or the pattern of a catalog question; nil: from a file or standard input.
  public var sql: String?
  /// A file with SQL; `-` is standard input.
  public var file: String?
  /// How rows are written.
  public var format = OutputFormat.table
  /// Where rows go instead of standard output.
  public var output: String?
  /// What stands for NULL; nil: the format's own.
  public var nullText: String?
  /// Parameters of a prepared statement; nil is NULL.
  public var parameters: [String?] = []
  /// What a catalog question is about.
  public var catalog: String?
  /// A file whose first line is the password.
  public var passwordFile: String?
  /// True: always ask for the password; false: never; nil: if there is none.
  public var asksPassword: Bool?
  /// Options of the target, set after it was read.
  public var settings: [Setting] = []
  /// Nothing on standard error but errors.
  public var isQuiet = false
  /// The log on standard error.
  public var isVerbose = false

  /// Reads the words after the program's name.
  ///
  /// - Parameter hasDefaultTarget: whether the environment names a target, so that a single word
  ///   may be SQL.
  /// - Throws: `.usage` that names the word that was not understood.
  public init(_ words: [String], hasDefaultTarget: Bool) throws(TernError) {
    var positional: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        positional += rest
        break
      } else if word.hasPrefix("-"), word != "-" {
        try take(option: word, &rest)
      } else {
        positional.append(word)
      }
    }
    try take(positional: positional, hasDefaultTarget)
    guard sql == nil || file == nil else {
      throw Arguments.error("SQL as an argument and --file exclude each other")
    }
    guard catalog == nil || file == nil && parameters.isEmpty else {
      throw Arguments.error("--catalog takes neither --file nor --param")
    }
  }

  /// Whether a word is a connection target rather than SQL: it starts with a scheme or a keyword.
  static func isTarget(_ word: String) -> Bool {
    let name = word.drop { $0 == " " }
      .prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_+.-".contains($0)) }
    let rest = word.drop { $0 == " " }.dropFirst(name.count)
    return !name.isEmpty && (rest.hasPrefix("://") || rest.drop { $0 == " " }.hasPrefix("="))
  }

  /// Words that are no options: target and SQL.
  private mutating func take(
    positional words: [String], _ hasDefaultTarget: Bool
  ) throws(TernError) {
    switch words.count {
    case 0: break
    case 1 where hasDefaultTarget && !Arguments.isTarget(words[0]): sql = words[0]
    case 1: target = words[0]
    case 2: (target, sql) = (words[0], words[1])
    default: throw Arguments.error("too many arguments: put the SQL in quotes")
    }
  }

  /// One option, and its value if it has one.
  private mutating func take(
    option word: String, _ rest: inout ArraySlice<String>
  ) throws(TernError) {
    let (name, attached) = Arguments.cut(word)
    if let apply = Arguments.flags[name] {
      guard attached == nil else { throw Arguments.error("option \(name) takes no value") }
      return apply(&self)
    }
    guard let apply = Arguments.values[name] else {
      let names = (Array(Arguments.flags.keys) + Array(Arguments.values.keys)).sorted()
      let near = NearestName.find(name, among: names.filter { $0.hasPrefix("--") })
      throw Arguments.error("unknown option \(name)" + (near.map { "; did you mean \($0)?" } ?? ""))
    }
    guard let value = attached ?? rest.popFirst() else {
      throw Arguments.error("option \(name) needs a value")
    }
    try apply(&self, value)
  }

  /// `--name=value` as name and value. Long names only: `-o=x` is a file named `=x` elsewhere.
  private static func cut(_ word: String) -> (String, String?) {
    guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[equals...].dropFirst()))
  }

  /// An error of whoever typed the command.
  public static func usage(_ message: String) -> TernError {
    .usage("\(message) (see tern --help)")
  }

  static func error(_ message: String) -> TernError { usage(message) }
}
