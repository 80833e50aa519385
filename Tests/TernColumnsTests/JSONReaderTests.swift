import TernColumns
import TernCore
import Testing

/// Walks a whole document and writes it again without white space, every value through its getter.
func canonical(_ reader: JSONReader) throws -> String {
  var text: [String] = []
  try walk(reader, &text)
  try reader.finish()
  return text.joined()
}

private func walk(_ reader: JSONReader, _ text: inout [String]) throws {
  switch try reader.peek() {
  case .object:
    try reader.beginObject()
    text.append("{")
    while let key = try reader.nextKey() {
      text.append("\(key.debugDescription):")
      try walk(reader, &text)
      text.append(";")
    }
    text.append("}")
  case .array:
    try reader.beginArray()
    text.append("[")
    while try reader.nextElement() {
      try walk(reader, &text)
      text.append(";")
    }
    text.append("]")
  case .string: text.append(try reader.string().debugDescription)
  case .number: text.append(try reader.numberText())
  case .bool: text.append(try reader.bool() ? "true" : "false")
  case .null: text.append(try reader.null() ? "null" : "?")
  }
}

@Suite struct JSONReaderTests {
  static let document = #"""
     {"status":"ok" , "a":[1,-0.5e+10,true,false,null,[],{}],"Gr\u00fc\u00dfe\n\"\\\/\b\f\r\t":
    "\ud83d\ude80 plain 0123456789 0123456789 \u0000 ü🚀","n":{"x":[[[0]]]},"e":""}
    """#

  @Test("the answer does not depend on where the pieces were cut")
  func pieces() throws {
    let bytes = Array(Self.document.utf8)
    let whole = try canonical(try JSONReader(bytes))
    #expect(whole.contains("Grüße"))
    for pieceMax in 1...40 {
      let source = ArraySource(bytes, pieceMax: pieceMax)
      #expect(try canonical(try JSONReader(source, windowByteCount: 64)) == whole)
    }
  }

  @Test("every prefix of a document is an error")
  func prefixes() throws {
    let bytes = Array(Self.document.utf8)
    for count in 0..<bytes.count where !bytes[count...].allSatisfy({ $0 <= 0x20 }) {
      #expect(throws: TernError.self, "\(count) bytes") {
        try canonical(try JSONReader(Array(bytes.prefix(count))))
      }
      #expect(throws: TernError.self) { try JSONReader(Array(bytes.prefix(count))).skip() }
    }
  }

  @Test(
    "malformed documents are refused with the byte",
    arguments: [
      ("", 0), ("nul", 0), ("nulll", 0), ("truee", 0), ("01", 1), ("-", 1), ("1.", 2), ("1e", 2),
      ("+1", 0), (".5", 0), ("1.e5", 2), ("[1,]", 3), ("[1 2]", 3), ("[,1]", 1), ("[1}", 2),
      ("{\"a\" 1}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{\"a\":}", 5), ("\"\\x\"", 1),
      ("\"\\u12g4\"", 1), ("\"\\ud800\"", 1), ("\"\\ud800\\u0041\"", 1), ("\"\\udc00\"", 1),
      ("\"a\tb\"", 2), ("\"a", 2), ("1 1", 2), ("[]]", 2), ("NaN", 0), ("'a'", 0), ("{1:2}", 1),
      ("\u{FEFF}1", 0),
    ])
  func malformed(_ text: String, _ offset: Int) throws {
    let error = #expect(throws: TernError.self) {
      try canonical(try JSONReader(Array(text.utf8)))
    }
    #expect(error?.kind == .connection)
    #expect(error?.message.contains("at byte \(offset);") == true, "\(error?.message ?? "none")")
  }

  @Test("bytes that are not UTF-8 are refused, or repaired on request")
  func utf8() throws {
    let bad: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x9A],
    ]
    for bytes in bad {
      for tail in [Array("\"".utf8), Array("\\n\"".utf8)] {
        let text = Array("\"0123456789abcdef".utf8) + bytes + tail
        #expect(throws: TernError.self) { try JSONReader(text).string() }
        let reader = try JSONReader(text)
        reader.repairsText = true
        #expect(try reader.string().contains("\u{FFFD}"))
      }
    }
    let reader = try JSONReader(Array(#""\ud800x""#.utf8))
    reader.repairsText = true
    #expect(try reader.string() == "\u{FFFD}x")
  }

  @Test("numbers are exact or refused")
  func numbers() throws {
    let numbers: [(String, Int64?)] = [
      ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
      ("5.0", 5), ("5e0", 5), ("50e-1", 5), ("5.5", nil), ("-0", 0),
      ("1e18", 1_000_000_000_000_000_000),
      ("1e400", nil), ("\"1\"", nil), ("true", nil),
    ]
    for (text, value) in numbers {
      #expect((try? JSONReader(Array(text.utf8)).int64()) == value, "\(text)")
    }
    #expect(try JSONReader(Array("18446744073709551615".utf8)).uint64() == .max)
    #expect(throws: TernError.self) { try JSONReader(Array("-1".utf8)).uint64() }
    #expect(try JSONReader(Array("1.5E+300".utf8)).double() == 1.5e300)
    #expect(try JSONReader(Array("1".utf8)).bool())
    #expect(throws: TernError.self) { try JSONReader(Array("2".utf8)).bool() }
  }

  @Test("limits hold at, and not one above")
  func limits() throws {
    let nested = { (depth: Int) in
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    try JSONReader(nested(128)).skip()
    #expect(throws: TernError.self) { try JSONReader(nested(129)).skip() }
    #expect(throws: TernError.self) { try JSONReader(nested(100_000)).skip() }
    let text = Array("\"\(String(repeating: "x", count: 98))\"".utf8)
    #expect(try JSONReader(text, limit: .init(byteCountMax: 100)).string().count == 98)
    #expect(throws: TernError.self) {
      try JSONReader(text, limit: .init(byteCountMax: 99)).string()
    }
    let source = ArraySource(Array("\"\(String(repeating: "x", count: 1 << 20))\"".utf8))
    let reader = try JSONReader(
      source, limit: .init(valueByteCountMax: 1 << 16), windowByteCount: 64)
    let error = #expect(throws: TernError.self) { try reader.string() }
    #expect(error?.message.contains("over 65536 bytes") == true)
  }

  @Test("a value can be kept as it stands and read later, across refills")
  func rawValue() throws {
    let inner = #"{"k":[1, "two" ,{"three":null}]}"#
    let bytes = Array(#"{"first":  \#(inner) ,"next":1}"#.utf8)
    for pieceMax in 1...20 {
      let reader = try JSONReader(ArraySource(bytes, pieceMax: pieceMax), windowByteCount: 64)
      try reader.beginObject()
      #expect(try reader.nextKey() == "first")
      #expect(try reader.rawValue() == Array(inner.utf8))
      #expect(try reader.nextKey() == "next")
      #expect(try reader.int64() == 1)
      #expect(try reader.nextKey() == nil)
      try reader.finish()
    }
  }

  @Test("calls in the wrong place are errors, not traps")
  func misuse() throws {
    let reader = try JSONReader(Array("[1]".utf8))
    #expect(throws: TernError.self) { try reader.nextElement() }
    #expect(throws: TernError.self) { try reader.nextKey() }
    try reader.beginArray()
    #expect(throws: TernError.self) { try reader.nextKey() }
    #expect(throws: TernError.self) { try reader.finish() }
  }

  @Test("what the writer writes the reader reads")
  func writer() throws {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("text", "a\"\\\n\u{0}\u{1F680}")
    writer.member("number", Int64.min)
    writer.member("flag", true)
    writer.key("list")
    writer.beginArray()
    writer.value(UInt64.max)
    writer.value(1.0)
    writer.value(Double.nan)
    writer.value(try #require(DecimalValue("-0.10")))
    writer.null()
    writer.beginObject()
    writer.endObject()
    writer.endArray()
    writer.endObject()
    let bytes = writer.finish()
    let expected = #"""
      {"text":"a\"\\\n\u0000🚀","number":-9223372036854775808,"flag":true,"list":[18446744073709551615,1.0,null,-0.10,null,{}]}
      """#
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
    try JSONReader(bytes).skip()
  }
}
