/// One cell of a table: what is shown, and how wide that is.
struct CellText {
  /// Without control characters.
  let bytes: [UInt8]
  /// Columns of a terminal.
  let width: Int

  /// Takes text as it is in the result; control characters are shown as escapes, and so are those
  /// that change the direction of what follows.
  init(_ text: [UInt8]) {
    if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      (bytes, width) = (text, text.count)
      return
    }
    var shown = ""
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if CellText.mustBeEscaped(scalar) {
        shown += CellText.escape(scalar)
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    (bytes, width) = (Array(shown.utf8), DisplayWidth.of(shown))
  }

  /// C0, DEL and C1 controls, line separators, and marks that reorder text on the screen.
  private static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0x200E...0x200F: true
    default: false
    }
  }

  /// The escape that stands for a character.
  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case "\0": "\\0"
    default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
  }
}

/// Text from elsewhere on the way to a terminal.
public enum TerminalText {
  /// `text` with control characters shown as escapes.
  public static func escaped(_ text: String) -> String {
    String(decoding: CellText(Array(text.utf8)).bytes, as: UTF8.self)
  }
}
