/// Protobuf's text form, as far as the recordings use it: the oracle that is not our decoder.
struct TextForm: Equatable {
  enum Value: Equatable {
    case message(TextForm)
    case text([UInt8])
    /// Numbers, words.
    case bare(String)
  }

  var fields: [(name: String, value: Value)] = []

  static func == (left: TextForm, right: TextForm) -> Bool {
    left.fields.map(\.name) == right.fields.map(\.name)
      && left.fields.map(\.value) == right.fields.map(\.value)
  }

  init(_ text: String) {
    var rest = Array(text.utf8)[...]
    self.init(&rest)
  }

  private init(_ rest: inout ArraySlice<UInt8>) {
    while true {
      rest = rest.drop { $0 == 0x20 || $0 == 0x0A }
      guard let first = rest.first, first != UInt8(ascii: "}") else {
        rest = rest.dropFirst()
        return
      }
      let name = String(decoding: rest.prefix { !" :{".utf8.contains($0) }, as: UTF8.self)
      rest = rest.dropFirst(name.utf8.count).drop { $0 == 0x20 || $0 == UInt8(ascii: ":") }
      fields.append((name, Self.value(&rest)))
    }
  }

  private static func value(_ rest: inout ArraySlice<UInt8>) -> Value {
    switch rest.first {
    case UInt8(ascii: "{"):
      rest = rest.dropFirst()
      return .message(TextForm(&rest))
    case UInt8(ascii: "\""):
      rest = rest.dropFirst()
      return .text(quoted(&rest))
    default:
      let word = rest.prefix { $0 != 0x20 && $0 != 0x0A && $0 != UInt8(ascii: "}") }
      rest = rest.dropFirst(word.count)
      return .bare(String(decoding: word, as: UTF8.self))
    }
  }

  private static func quoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "a"): bytes.append(0x07)
      case UInt8(ascii: "b"): bytes.append(0x08)
      case UInt8(ascii: "f"): bytes.append(0x0C)
      case UInt8(ascii: "v"): bytes.append(0x0B)
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        var number = Int(escape - 0x30)
        for _ in 0..<2 {
          guard let digit = rest.first, 0x30...0x37 ~= digit else { break }
          number = number * 8 + Int(digit - 0x30)
          rest = rest.dropFirst()
        }
        bytes.append(UInt8(truncatingIfNeeded: number))
      default: bytes.append(escape)
      }
    }
    return bytes
  }

  func messages(_ name: String) -> [TextForm] {
    fields.compactMap { field in
      if field.name == name, case .message(let inner) = field.value { inner } else { nil }
    }
  }

  func bare(_ name: String) -> String? {
    fields.compactMap { field in
      if field.name == name, case .bare(let word) = field.value { word } else { nil }
    }.first
  }

  func text(_ name: String) -> [UInt8]? {
    fields.compactMap { field in
      if field.name == name, case .text(let bytes) = field.value { bytes } else { nil }
    }.first
  }
}
