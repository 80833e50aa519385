import Tern

/// Adds, changes and removes data sources for setup programs (ODBC, ConfigDSN).
enum DataSourceSetup {
  /// What is to be done (`ODBC_ADD_DSN` … of `odbcinst.h`).
  enum Request: UInt16 {
    case add = 1
    case change = 2
    case remove = 3
  }

  /// Does it; `attributes` are `keyword=value`, one of them `DSN`.
  static func perform(_ request: UInt16, driver: String, _ attributes: [String]) -> Bool {
    guard let request = Request(rawValue: request), let library = InstallerLibrary.loaded else {
      return false
    }
    var settings: [(name: String, value: String)] = []
    for attribute in attributes {
      guard let mark = attribute.firstIndex(of: "=") else { return false }
      let name = String(attribute[..<mark]).trimmed
      settings.append((name, String(attribute[attribute.index(after: mark)...]).trimmed))
    }
    let named = settings.first { $0.name.lowercased() == "dsn" }
    guard let source = named?.value, !source.isEmpty, isValid(source) else { return false }
    if request == .remove { return library.remove(dataSource: source) }
    if request == .add, !library.add(dataSource: source, driver: driver) { return false }
    for setting in settings where setting.name.lowercased() != "dsn" {
      guard library.set(source, setting.name, setting.value, in: "odbc.ini") else { return false }
    }
    return true
  }

  /// The driver manager refuses longer names and these characters.
  private static func isValid(_ name: String) -> Bool {
    name.utf8.count <= 32 && !name.contains { "[]{}(),;?*=!@\\".contains($0) }
  }
}
