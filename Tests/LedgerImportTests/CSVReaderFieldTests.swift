import Testing

@testable import LedgerImport

@Suite("CSVReader: fields")
struct CSVReaderFieldTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let text: String
    let fields: [String]

    init(_ text: String, _ fields: [String]) { (self.text, self.fields) = (text, fields) }

    var testDescription: String { text.debugDescription }
  }

  @Test(
    "a line falls apart at its delimiters",
    arguments: [
      Sample("a,b,c", ["a", "b", "c"]),
      Sample("a", ["a"]),
      Sample(",", ["", ""]),
      Sample("a,,c", ["a", "", "c"]),
      Sample("a,b,", ["a", "b", ""]),
      Sample(" a , b ", [" a ", " b "]),
      Sample("žluť,😀", ["žluť", "😀"]),
    ])
  func splits(_ sample: Sample) throws {
    #expect(try TemporaryFile(sample.text).records().map(\.fields) == [sample.fields])
  }

  @Test(
    "quotes hold a field together and are not part of it",
    arguments: [
      Sample(#""a",b"#, ["a", "b"]),
      Sample(#""a,b",c"#, ["a,b", "c"]),
      Sample(#""","#, ["", ""]),
      Sample(#""a""b",c"#, [#"a"b"#, "c"]),
      Sample("\"\"\"\"", ["\""]),
      Sample(#""""a""",b"#, [#""a""#, "b"]),
      Sample(#"a,"b""#, ["a", "b"]),
      Sample("\"a\nb\",c", ["a\nb", "c"]),
      Sample("\"a\rb\",c", ["a\rb", "c"]),
      Sample("\"\n\n\",c", ["\n\n", "c"]),
    ])
  func unquotes(_ sample: Sample) throws {
    #expect(try TemporaryFile(sample.text).records().map(\.fields) == [sample.fields])
  }

  @Test("CRLF inside quotes stays CRLF, as RFC 4180 has it")
  func keepsReturnAndLineFeed() throws {
    let records = try TemporaryFile("\"a\r\nb\",c\r\n").records()
    #expect(records.map { $0.fields.map { Array($0.utf8) } } == [[Array("a\r\nb".utf8), [0x63]]])
  }

  @Test(
    "a quote inside an unquoted field stands for itself",
    arguments: [
      Sample(#"5" disk,b"#, [#"5" disk"#, "b"]),
      Sample(#"a"b"c,d"#, [#"a"b"c"#, "d"]),
      Sample(#"a",b"#, [#"a""#, "b"]),
      Sample(#" "a",b"#, [#" "a""#, "b"]),
    ])
  func keepsInnerQuote(_ sample: Sample) throws {
    #expect(try TemporaryFile(sample.text).records().map(\.fields) == [sample.fields])
  }

  @Test("any byte can be the delimiter", arguments: [";", "\t", "|", " ", "a"] as [Unicode.Scalar])
  func takesOtherDelimiters(_ delimiter: Unicode.Scalar) throws {
    let mark = String(Character(delimiter))
    let text = "1,5\(mark)x\(mark)\"y\(mark)z\"\n"
    let records = try TemporaryFile(text).records(delimiter: delimiter)
    #expect(records.map(\.fields) == [["1,5", "x", "y\(mark)z"]])
  }

  @Test("a field may be nearly as long as a line may be")
  func readsLongField() throws {
    let long = String(repeating: "x", count: 1_000_000)
    #expect(
      try TemporaryFile("a,\(long)\nb,c\n").records().map(\.fields) == [["a", long], ["b", "c"]])
  }
}
