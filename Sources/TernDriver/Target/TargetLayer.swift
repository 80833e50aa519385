import TernCore

/// Where a setting came from; an earlier case wins over a later one.
enum TargetLayer: Int, CaseIterable, Comparable {
  case call
  case text
  case textURI
  case dataSource
  case dataSourceURI

  static func < (left: TargetLayer, right: TargetLayer) -> Bool { left.rawValue < right.rawValue }

  /// Where the parts of a `URI=…` go that stood in this layer: keywords beside it win.
  var forURI: TargetLayer { self < .dataSource ? .textURI : .dataSourceURI }
}

/// How names are compared and what a second setting of one option means.
enum TargetNameStyle {
  /// As in a URI: exactly as written; twice is an error.
  case exact
  /// As set by a call: without regard to case and `_`; the last wins.
  case call
  /// As in a keyword string or ini file: like a call, and with the vendor's keywords; the first
  /// wins.
  case keyword
}

/// One `name=value` on its way into a target.
struct TargetAssignment: Sendable {
  let name: String
  let value: TargetValue
  let layer: TargetLayer
  let style: TargetNameStyle
  /// Whether an error may repeat the name: not when it may be the rest of a secret.
  var isNameSafe = true
}

/// The text of a setting; a secret one cannot be printed by accident.
enum TargetValue: Sendable {
  case plain(String)
  case secret(Secret)

  init(_ text: String, isSecret: Bool) {
    self = isSecret ? .secret(Secret(text)) : .plain(text)
  }

  /// The text itself, whatever it is.
  var text: String {
    switch self {
    case .plain(let text): text
    case .secret(let secret): secret.text
    }
  }
}
