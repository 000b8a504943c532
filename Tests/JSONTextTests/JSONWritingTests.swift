import JSONText
import Testing

@Suite("Written JSON")
struct JSONWritingTests {
  @Test(
    "escapes what would end a string or move a cursor, and nothing else",
    arguments: [
      ("", #""""#), ("plain", #""plain""#), (#"say "hi""#, #""say \"hi\"""#),
      (#"a\b"#, #""a\\b""#), ("a/b", #""a/b""#), ("a\nb\rc\td", #""a\nb\rc\td""#),
      ("\r\n", #""\r\n""#), ("\u{0}", #""\u0000""#), ("\u{8}\u{C}", #""\u0008\u000c""#),
      ("\u{1B}[2J", #""\u001b[2J""#), ("\u{1F} ", #""\u001f ""#), ("~\u{7F}", #""~\u007f""#),
      ("\u{80}", #""\u0080""#), ("\u{9B}2J", #""\u009b2J""#), ("\u{9F}\u{A0}", "\"\\u009f\u{A0}\""),
      ("é٣漢😀", #""é٣漢😀""#), ("e\u{301}", "\"e\u{301}\""), ("\"\u{301}", "\"\\\"\u{301}\""),
      ("\\\u{301}\n\u{301}", "\"\\\\\u{301}\\n\u{301}\""), ("\u{10FFFF}", "\"\u{10FFFF}\""),
      ("'<>&", #""'<>&""#),
    ])
  func escapes(_ text: String, _ expected: String) {
    let bytes = Array(expected.utf8)
    #expect(JSONValue.string(text).compact == bytes)
    #expect(JSONValue.string(text).pretty == bytes)
    var appended: [UInt8] = [1]
    appended.appendJSONString(text)
    #expect(appended == [1] + bytes)
  }

  @Test("escapes every control character, of C0, C1 and DEL")
  func escapesControls() throws {
    for code in Array(UInt8(0)..<0x20) + Array(0x7F...0x9F) {
      let bytes = JSONValue.string(String(UnicodeScalar(code))).compact
      #expect(bytes.allSatisfy { (0x20..<0x7F).contains($0) }, "U+\(String(code, radix: 16))")
      #expect(try JSONValue(parsing: bytes).string?.unicodeScalars.map(\.value) == [UInt32(code)])
    }
  }

  @Test("keeps members in the order in which they were added and leaves out what is absent")
  func writer() {
    var writer = JSONObjectWriter()
    #expect(writer.finished() == Array("{}".utf8))
    writer.add("b", nil as String?)
    writer.add("z", "1")
    writer.add("a", "x\"y" as String?)
    writer.add("flag", true)
    writer.add("n\n", "")
    writer.add("off", false)
    let expected = #"{"z":"1","a":"x\"y","flag":true,"n\n":"","off":false}"#
    #expect(String(decoding: writer.finished(), as: UTF8.self) == expected)
    #expect(writer.finished() == writer.finished())
  }

  @Test("is one line, or one member a line")
  func layouts() {
    let value = JSONValue.object([
      JSONMember("list", .array([.integer(1), .integer(.min), .null])),
      JSONMember("nothing", .array([])), JSONMember("empty", .object([])),
      JSONMember("nested", .object([JSONMember("yes", .bool(true))])),
      JSONMember("exact", .number("1.50")), JSONMember("text", .string("a")),
    ])
    let compact =
      #"{"list":[1,-9223372036854775808,null],"nothing":[],"empty":{},"#
      + #""nested":{"yes":true},"exact":1.50,"text":"a"}"#
    #expect(String(decoding: value.compact, as: UTF8.self) == compact)
    let pretty = """
      {
        "list": [
          1,
          -9223372036854775808,
          null
        ],
        "nothing": [],
        "empty": {},
        "nested": {
          "yes": true
        },
        "exact": 1.50,
        "text": "a"
      }
      """
    #expect(String(decoding: value.pretty, as: UTF8.self) == pretty)
  }

  @Test("gives its members and strings by name")
  func lookUp() {
    let value = JSONValue.object([JSONMember("a", .string("x")), JSONMember("b", .null)])
    #expect(value["a"]?.string == "x")
    #expect(value["b"] == .null)
    #expect(value["b"]?.string == nil)
    #expect(value["c"] == nil)
    #expect(JSONValue.array([value])["a"] == nil)
    #expect(JSONValue.integer(5).string == nil)
  }
}
