/// The release that `--version` prints.
enum Version {
  static let text = "1.0.0"
}
