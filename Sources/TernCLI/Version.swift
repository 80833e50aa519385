import TernCore

/// The release that `--version` prints.
enum Version {
  static let text = TernVersion.text
}
