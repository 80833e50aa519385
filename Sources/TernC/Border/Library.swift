import Tern
import TernDriver

/// What this build of the library has.
enum Library {
  /// The protocols.
  static let registry = DriverRegistry.standard
  /// What bindings may ask for besides protocols.
  static let features: Set<String> = ["tls", "arrow", "partitions"]
  /// Names and descriptions of all options, kept for ever.
  static let options: [(name: CText, description: CText)] = registry.keys.map { key in
    let row = key.definition
    let owner = key.scheme.map { "\($0): " } ?? ""
    let secret = row.isSecret ? ", secret" : ""
    return (CText(row.name), CText("\(owner)\(row.help) (default: \(row.defaultHelp)\(secret))"))
  }
}

/// The address of a text that is part of the library.
func staticText(_ text: StaticString) -> UnsafePointer<CChar>? {
  // Sound: literals are UTF-8 with a NUL behind them, in memory that is never given back.
  unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
