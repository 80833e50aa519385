/// One connection option: a row of the table that the parser, the error texts, `tern_target_key`
/// and the README are all made from.
public struct OptionDefinition: Hashable, Sendable {
  /// The name in snake_case. One that ends in a dot and capitals (`session.NAME`) stands for every
  /// name with that beginning.
  public let name: String
  /// Other names, in the spelling that a URI takes.
  public let aliases: [String]
  /// What values look like.
  public let type: OptionType
  /// The value when nobody sets one; nil when there is none, or no fixed one.
  public let defaultText: String?
  /// What the documentation says the default is.
  public let defaultHelp: String
  /// Whether the value is a password, token or key: used, but never shown.
  public let isSecret: Bool
  /// Where the option is listed.
  public let group: OptionGroup
  /// What the option does, in a line.
  public let help: String

  /// Makes a row. `defaultHelp` need only be given where `defaultText` does not say it.
  public init(
    _ name: String, _ type: OptionType, aliases: [String] = [],
    default defaultText: String? = nil, defaultHelp: String? = nil, isSecret: Bool = false,
    group: OptionGroup = .driver, _ help: String
  ) {
    self.name = name
    self.aliases = aliases
    self.type = type
    self.defaultText = defaultText
    self.defaultHelp = defaultHelp ?? defaultText ?? "none"
    self.isSecret = isSecret
    self.group = group
    self.help = help
  }
}
