import Testing

@testable import LedgerImport

@Suite("LineSource")
struct LineSourceTests {
  private static func lines(_ bytes: [UInt8]) throws -> [String?] {
    let file = try TemporaryFile(bytes)
    let source = try LineSource(path: file.path)
    var lines: [String?] = []
    while let line = try source.next() {
      #expect(line.number == lines.count + 1)
      lines.append(line.bytes.map { String(decoding: $0, as: UTF8.self) })
    }
    return lines
  }

  @Test(
    "lines end with LF or CRLF, the last perhaps with nothing; empty ones count",
    arguments: [
      ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]),
      ("\n", [""]), ("a\n\nb\n\n", ["a", "", "b", ""]), ("a\rb\n", ["a\rb"]), ("a\r", ["a"]),
      ("\u{FEFF}a\n\u{FEFF}b\n", ["a", "\u{FEFF}b"]),
    ])
  func splits(_ text: String, _ expected: [String]) throws {
    #expect(try Self.lines(Array(text.utf8)) == expected)
  }

  @Test("a line may be as long as a mebibyte; a longer one is known by its number alone")
  func boundsLength() throws {
    let longest = String(repeating: "x", count: LineSource.longestLineBytes)
    let text = "\(longest)\n\(longest)y\nshort\n\(longest)\(longest)\(longest)"
    #expect(try Self.lines(Array(text.utf8)) == [longest, nil, "short", nil])
  }

  @Test("lines are the same however a file's blocks cut them")
  func crossesBlocks() throws {
    let expected = (0..<20_000).map { String(repeating: "\($0)", count: $0 % 17) }
    let text = expected.joined(separator: "\n") + "\n"
    #expect(try Self.lines(Array(text.utf8)) == expected)
  }

  @Test("a pipe is ready as long as it holds a whole line, or has ended")
  func isReady() throws {
    let pipe = InputPipe()
    let source = try LineSource(path: pipe.path)
    #expect(try !source.isReady())
    pipe.write("one\ntwo\nthr")
    #expect(try source.isReady())
    #expect(try source.next()?.number == 1)
    #expect(try source.isReady())
    #expect(try source.next()?.number == 2)
    #expect(try !source.isReady())
    pipe.write("ee")
    #expect(try !source.isReady())
    pipe.close()
    #expect(try source.isReady())
    #expect(try source.next() == InputLine(number: 3, bytes: Array("three".utf8)))
    #expect(try source.isReady())
    #expect(try source.next() == nil)
  }

  @Test("what is missing or a folder is an error")
  func refuses() throws {
    let missing = try #require(throws: InputError.self) {
      _ = try LineSource(path: TemporaryFile.freePath())
    }
    #expect(missing.kind == .missing)
    let folder = try LineSource(path: "/")
    let unreadable = try #require(throws: InputError.self) { _ = try folder.next() }
    #expect(unreadable.problem.hasPrefix("it can't be read"))
  }
}
