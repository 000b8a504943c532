import Testing

@testable import LedgerImport

@Suite("CSVReader: lines")
struct CSVReaderLineTests {
  @Test("LF, CRLF and CR all end a line", arguments: ["\n", "\r\n", "\r"])
  func endsLines(_ lineEnd: String) throws {
    let records = try TemporaryFile(["a,b", "c,d", "e,f", ""].joined(separator: lineEnd)).records()
    #expect(records.map(\.fields) == [["a", "b"], ["c", "d"], ["e", "f"]])
    #expect(records.map(\.line) == [1, 2, 3])
  }

  @Test("line ends may be mixed in one file")
  func mixesLineEnds() throws {
    let records = try TemporaryFile("a\r\nb\nc\rd\n\re\r\r\nf").records()
    #expect(records.map(\.fields) == [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]])
    #expect(records.map(\.line) == [1, 2, 3, 4, 6, 8])
  }

  @Test(
    "the last line needs no line end", arguments: ["a,b\nc,d", "a,b\n\"c\",\"d\"", "a,b\r\nc,d\r"])
  func endsWithoutLineEnd(_ text: String) throws {
    #expect(try TemporaryFile(text).records().map(\.fields) == [["a", "b"], ["c", "d"]])
  }

  @Test("a delimiter at the very end leaves an empty last field")
  func endsWithDelimiter() throws {
    #expect(try TemporaryFile("a,b\nc,").records().map(\.fields) == [["a", "b"], ["c", ""]])
  }

  @Test("lines without text are passed over and counted", arguments: ["\n", "\r\n", "\r"])
  func passesOverBlankLines(_ lineEnd: String) throws {
    let lines = ["", "", "a,b", "", "c,d", "", "", ""]
    let records = try TemporaryFile(lines.joined(separator: lineEnd)).records()
    #expect(records.map(\.fields) == [["a", "b"], ["c", "d"]])
    #expect(records.map(\.line) == [3, 5])
  }

  @Test("nothing but line ends is no record", arguments: ["", "\n", "\r\n\r\n", "\r\r\n\n"])
  func findsNothing(_ text: String) throws {
    #expect(try TemporaryFile(text).records().isEmpty)
  }

  @Test("a record's line is the one it begins in, whatever breaks inside its quotes")
  func countsLinesInsideQuotes() throws {
    let text = "a,b\n\"1\n2\n3\",x\nc,d\r\n\"4\r\n5\",\"6\r7\"\r\ne,f\n"
    let records = try TemporaryFile(text).records()
    #expect(records.map(\.line) == [1, 2, 5, 6, 9])
    #expect(records.map(\.fields.count) == [2, 2, 2, 2, 2])
  }

  @Test("CR and LF are one line end even where a block ends between them")
  func joinsLineEndAcrossBlocks() throws {
    let text = String(repeating: "x", count: 65_535) + "\r\nsecond\r\nthird"
    let records = try TemporaryFile(text).records()
    #expect(records.map(\.line) == [1, 2, 3])
    #expect(records.dropFirst().map(\.fields) == [["second"], ["third"]])
  }

  @Test("skipped lines are counted and may hold anything", arguments: ["\n", "\r\n", "\r"])
  func skipsLines(_ lineEnd: String) throws {
    let lines = ["Statement of \"March", "", "a\"b,\"\"\",;", "Date,Amount", "x,y"]
    let records = try TemporaryFile(lines.joined(separator: lineEnd)).records(skippedLines: 3)
    #expect(records.map(\.fields) == [["Date", "Amount"], ["x", "y"]])
    #expect(records.map(\.line) == [4, 5])
  }

  @Test("skipped lines need not be UTF-8")
  func skipsForeignBytes() throws {
    let records = try TemporaryFile([0xFF, 0x00, 0x0A] + Array("a,b\n".utf8)).records(
      skippedLines: 1)
    #expect(records.map(\.fields) == [["a", "b"]])
  }

  @Test("skipping more lines than there are leaves nothing", arguments: ["", "a", "a\nb\n", "a\r"])
  func skipsEverything(_ text: String) throws {
    #expect(try TemporaryFile(text).records(skippedLines: 3).isEmpty)
  }
}
