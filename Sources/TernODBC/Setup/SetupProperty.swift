import CODBC
import Tern

/// What a setup program asks for when a data source is made by hand: one line of its form.
struct SetupProperty {
  /// The key in `odbc.ini`.
  let name: String
  /// What it is unless somebody changes it.
  var value = ""
  /// `ODBCINST_PROMPTTYPE_…`.
  var prompt = ODBCINST_PROMPTTYPE_TEXTEDIT
  /// Values to choose from.
  var choices: [String] = []
  let help: String

  /// Every option of every protocol, the usual ones first and under their usual names.
  static var all: [SetupProperty] {
    let registry = DriverRegistry.standard
    let schemes = registry.drivers.flatMap { driver in
      [driver.grammar.scheme, driver.grammar.plaintextScheme]
    }
    let usual = [
      SetupProperty(name: "Description", help: "a remark for people"),
      SetupProperty(
        name: "Protocol", prompt: ODBCINST_PROMPTTYPE_COMBOBOX, choices: schemes,
        help: "how the server speaks"),
      SetupProperty(name: "Server", help: "host, or several with commas and ranges"),
      SetupProperty(name: "Port", help: "the protocol's own unless given"),
      SetupProperty(name: "Database", help: "the catalog to begin in"),
      SetupProperty(name: "Schema", help: "the schema to begin in"),
      SetupProperty(name: "UID", help: "the login"),
      SetupProperty(
        name: "PWD", prompt: ODBCINST_PROMPTTYPE_TEXTEDIT_PASSWORD, help: "the password"),
    ]
    let asked: Set = ["protocol", "host", "port", "catalog", "schema", "user", "password"]
    var seen = asked
    return usual
      + registry.keys.map(\.definition).filter { row in
        !row.name.contains(".") && seen.insert(row.name).inserted
      }.map(SetupProperty.init)
  }

  private init(
    name: String, prompt: Int32 = ODBCINST_PROMPTTYPE_TEXTEDIT, choices: [String] = [],
    help: String
  ) {
    self.name = name
    self.prompt = prompt
    self.choices = choices
    self.help = help
  }

  /// From the option's row; an empty value is the default.
  private init(_ row: OptionDefinition) {
    name = row.name
    help = row.help
    switch row.type {
    case .bool: (prompt, choices) = (ODBCINST_PROMPTTYPE_COMBOBOX, ["on", "off"])
    case .choice(let words): (prompt, choices) = (ODBCINST_PROMPTTYPE_COMBOBOX, words)
    case .path: prompt = ODBCINST_PROMPTTYPE_FILENAME
    default: if row.isSecret { prompt = ODBCINST_PROMPTTYPE_TEXTEDIT_PASSWORD }
    }
  }
}
