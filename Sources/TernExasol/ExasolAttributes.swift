internal import TernColumns
internal import TernCore

/// The session's attributes as last reported; names are compared without regard to case, because
/// servers spell `timezoneBehavior` both ways.
///
/// Source: Exasol reference, section 2.12 "Attributes".
struct ExasolAttributes: Equatable {
  var isAutocommit = true
  var currentSchema: String?
  var dateFormat = "YYYY-MM-DD"
  var datetimeFormat = "YYYY-MM-DD HH24:MI:SS.FF6"
  var dateLanguage = "ENG"
  var timeZone = ""
  var feedbackIntervalSeconds: Int64 = 1
  var queryTimeoutSeconds: Int64 = 0
  var resultSetRowCountMax: Int64 = 0
  var isTransactionOpen: Bool?
  /// Everything else, by lower-case name, for `option` questions.
  var others: [String: String] = [:]

  /// Reads an `attributes` object and keeps what it names; what it does not name stays.
  mutating func merge(reading reader: JSONReader) throws(TernError) {
    try reader.beginObject()
    while let name = try reader.nextKey() {
      guard let text = try reader.scalarText() else {
        if name.lowercased() == "currentschema" { currentSchema = nil }
        continue
      }
      set(name.lowercased(), text)
    }
  }

  private mutating func set(_ name: String, _ text: String) {
    switch name {
    case "autocommit": isAutocommit = Self.flag(text) ?? isAutocommit
    case "currentschema": currentSchema = text.isEmpty ? nil : text
    case "dateformat": dateFormat = text
    case "datetimeformat": datetimeFormat = text
    case "datelanguage": dateLanguage = text
    case "timezone": timeZone = text
    case "feedbackinterval":
      feedbackIntervalSeconds =
        Int64(text).map { min(max($0, 0), 86_400) }
        ?? feedbackIntervalSeconds
    case "querytimeout": queryTimeoutSeconds = Int64(text) ?? queryTimeoutSeconds
    case "resultsetmaxrows": resultSetRowCountMax = Int64(text) ?? resultSetRowCountMax
    case "opentransaction": isTransactionOpen = Self.flag(text)
    default: others[name] = text
    }
  }

  /// Booleans come as words or as 0 and 1.
  private static func flag(_ text: String) -> Bool? {
    switch text {
    case "true", "1": true
    case "false", "0": false
    default: nil
    }
  }
}

/// A value to set; attributes are strings, numbers or Booleans on the wire.
enum ExasolAttributeValue: Equatable {
  case flag(Bool)
  case number(Int64)
  case text(String)

  func write(_ name: String, to writer: inout JSONWriter) {
    switch self {
    case .flag(let flag): writer.member(name, flag)
    case .number(let number): writer.member(name, number)
    case .text(let text): writer.member(name, text)
    }
  }
}
