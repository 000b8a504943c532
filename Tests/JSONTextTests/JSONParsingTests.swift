import JSONText
import Testing

@Suite("Read JSON")
struct JSONParsingTests {
  @Test(
    "is any document of RFC 8259",
    arguments: [
      ("null", .null), (" true ", .bool(true)), ("\t\r\n false\n", .bool(false)),
      ("0", .number("0")), ("-0", .number("-0")), ("10", .number("10")),
      ("-1.50", .number("-1.50")), ("0.0", .number("0.0")), ("1e3", .number("1e3")),
      ("1E+3", .number("1E+3")), ("12.5e-10", .number("12.5e-10")), ("0e0", .number("0e0")),
      ("123456789012345678901234567890", .number("123456789012345678901234567890")),
      ("[]", .array([])), ("[ ]", .array([])), ("{}", .object([])), ("{ }", .object([])),
      ("[1,[],{}]", .array([.number("1"), .array([]), .object([])])),
      (#"{"a":1,"":2}"#, .object([JSONMember("a", .number("1")), JSONMember("", .number("2"))])),
      (
        #" { "a" : [ 1 , 2 ] } "#, .object([JSONMember("a", .array([.number("1"), .number("2")]))])
      ),
      (#"{"b":null,"a":null}"#, .object([JSONMember("b", .null), JSONMember("a", .null)])),
      (#"{"a":1,"A":2}"#, .object([JSONMember("a", .number("1")), JSONMember("A", .number("2"))])),
    ] as [(String, JSONValue)])
  func accepts(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONValue(parsing: Array(text.utf8)) == value)
  }

  @Test(
    "has strings with every escape",
    arguments: [
      (#""""#, ""), (#""a b""#, "a b"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
      (#""\u0041\u00e9\u00E9""#, "Aéé"), (#""\u0000""#, "\u{0}"), (#""\ud83d\ude00""#, "😀"),
      (#""\uD83D\uDE00x""#, "😀x"), (#""\udbff\udfff""#, "\u{10FFFF}"),
      (#""\ud800\udc00""#, "\u{10000}"), (#""\uffff\ufffe""#, "\u{FFFF}\u{FFFE}"),
      (#""é漢😀""#, "é漢😀"), (#""x\ny\nz""#, "x\ny\nz"), (#""e\u0301""#, "e\u{301}"),
      ("\"\u{7F}\u{80}\u{2028}\u{FEFF}\"", "\u{7F}\u{80}\u{2028}\u{FEFF}"),
      (#""\\u0041""#, #"\u0041"#), (#""//""#, "//"),
    ])
  func strings(_ text: String, _ expected: String) throws {
    let read = try #require(try JSONValue(parsing: Array(text.utf8)).string)
    #expect(Array(read.utf8) == Array(expected.utf8))
    let object = try JSONValue(parsing: Array("{\(text):0}".utf8))
    guard case .object(let members) = object else {
      Issue.record("no object")
      return
    }
    #expect(members.map { Array($0.name.utf8) } == [Array(expected.utf8)])
  }

  @Test(
    "is refused if it is anything else",
    arguments: [
      "", " ", "nul", "nulll", "True", "NULL", "undefined", "NaN", "Infinity", "-Infinity", "-",
      "+1", "01", "-01", "00", "1.", ".5", "1.e3", "1e", "1e+", "1e1.5", "0x10", "1_000", "1,000",
      "٣", "--1", "- 1", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1;2]", "[}", "{",
      "}", "{]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1 "b":2}"#,
      #"{"a" 1}"#, "{a:1}", "{'a':1}", "{1:1}", #"{"a"::1}"#, #"{"a":1"#, "'a'", "\"", "\"a",
      #""\""#, #""\x41""#, #""\u12""#, #""\u12g4""#, #""\u+123""#, #""\u 123""#, #""\U0041""#,
      #""\a""#, "\"\\", "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{1F}\"", "null null", "1 2",
      "{}{}", "[]]", "{}}", "{},", "null\u{0}", "{} x", "//c\n1", "/**/1", "1 // c", "\u{FEFF}1",
      "\u{A0}1", "\u{B}1", "\u{2028}1", "tru\u{65}\u{301}",
    ])
  func refuses(_ text: String) {
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test(
    "never holds half of a surrogate pair",
    arguments: [
      #""\ud800""#, #""\udc00""#, #""\udfff\ud800""#, #""\ud800\ud800""#, #""\ud83dx""#,
      #""\ud83d\n""#, #""\ud83d\u0041""#, #""x\ud83d"#, #""\ud83d\""#, #""\ud83d\ude""#,
      #""\ude00\ud83d""#, #"{"\ud800":1}"#,
    ])
  func surrogates(_ text: String) {
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test(
    "is valid UTF-8",
    arguments: [
      [0xFF], [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80],
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE],
    ] as [[UInt8]])
  func utf8(_ invalid: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let texts = [[quote] + invalid + [quote], Array("\"a\\n".utf8) + invalid + [quote], invalid]
    for bytes in texts {
      #expect(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
    }
  }

  @Test("never has a name twice in one object, however it is written")
  func duplicateNames() throws {
    for text in [#"{"a":1,"a":1}"#, #"{"a":1,"b":2,"\u0061":3}"#, #"[{"x":{"":1,"":2}}]"#] {
      let error = #expect(throws: JSONParseError.self) {
        try JSONValue(parsing: Array(text.utf8))
      }
      #expect(error?.problem.contains("twice") == true)
    }
    let apart = #"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#
    #expect(throws: Never.self) { try JSONValue(parsing: Array(apart.utf8)) }
  }

  @Test("has two names where two names differ in their characters, even if they look alike")
  func canonicallyEquivalentNames() throws {
    // RFC 8259, section 8.3: names are compared code unit by code unit.
    let text = "{\"\u{E9}\":1,\"e\u{301}\":2}"
    #expect(throws: Never.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test("is at most 64 levels deep")
  func depth() throws {
    for (open, close) in [("[", "]"), (#"{"a":["#, "]}")] {
      let levels = 64 / open.filter { "[{".contains($0) }.count
      let deepest =
        String(repeating: open, count: levels) + String(repeating: close, count: levels)
      #expect(throws: Never.self) { try JSONValue(parsing: Array(deepest.utf8)) }
      let error = #expect(throws: JSONParseError.self) {
        try JSONValue(parsing: Array("[\(deepest)]".utf8))
      }
      #expect(error?.problem.contains("64") == true)
    }
    let endless = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: endless) }
  }

  @Test("may hold a number at the deepest of its 64 levels")
  func depthOfScalars() throws {
    let text = String(repeating: "[", count: 64) + "1" + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test(
    "is refused with the place at which reading stopped",
    arguments: [
      ("", 0), ("  x", 2), ("[1,,2]", 3), (#"{"a" 1}"#, 5), ("1 2", 2), ("[1", 2), ("\"a", 2),
      ("tru", 0), (#""\u12""#, 3),
    ])
  func offsets(_ text: String, _ offset: Int) {
    let error = #expect(throws: JSONParseError.self) { try JSONValue(parsing: Array(text.utf8)) }
    #expect(error?.offset == offset)
    #expect(error?.problem.isEmpty == false)
  }

  @Test("of many names, too, none stands twice", arguments: [15, 16, 17, 40])
  func manyNames(_ count: Int) {
    let members = (0..<count).map { #""n\#($0)":\#($0)"# }
    func parse(_ members: [String]) throws -> JSONValue {
      try JSONValue(parsing: Array("{\(members.joined(separator: ","))}".utf8))
    }
    #expect(throws: Never.self) { try parse(members) }
    for twice in [0, count / 2, count - 1] {
      #expect(throws: JSONParseError.self) { try parse(members + [members[twice]]) }
    }
  }
}
