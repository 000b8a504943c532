import Testing

@testable import LedgerImport

@Suite("RulesFile")
struct RulesFileTests {
  private func arguments(_ text: String) throws -> [String] {
    let file = try TemporaryFile(text)
    return try RulesFile.arguments(
      in: file.path, options: ["source", "date-format", "delimiter", "decimal-mark"],
      flags: ["open-accounts"])
  }

  private func problem(_ text: String) throws -> InputError {
    try #require(throws: InputError.self) { try arguments(text) }
  }

  @Test("each line is an option and its value, or a flag")
  func readsRules() throws {
    let text = "source mybank\ndate-format %d.%m.%Y\nopen-accounts\ndecimal-mark ,\n"
    #expect(
      try arguments(text) == [
        "--source=mybank", "--date-format=%d.%m.%Y", "--open-accounts", "--decimal-mark=,",
      ])
  }

  @Test("a value keeps the spaces inside it and none around it")
  func keepsInnerSpaces() throws {
    #expect(try arguments("  source\t  my  bank \t\n") == ["--source=my  bank"])
  }

  @Test("a value may look like a flag, a comment or a pair")
  func keepsOddValues() throws {
    #expect(
      try arguments("source --each\ndelimiter #\ndate-format a=b") == [
        "--source=--each", "--delimiter=#", "--date-format=a=b",
      ])
  }

  @Test("comments, blank lines and any line ends are fine", arguments: ["\n", "\r\n", "\r"])
  func passesOverComments(_ lineEnd: String) throws {
    let lines = ["# bank", "", "   # more", "source a", " \t", "#", "open-accounts"]
    #expect(
      try arguments(lines.joined(separator: lineEnd)) == ["--source=a", "--open-accounts"])
  }

  @Test("an empty file holds no rules, and a byte order mark is none")
  func readsNothing() throws {
    #expect(try arguments("") == [])
    #expect(try arguments("\u{FEFF}source a") == ["--source=a"])
  }

  @Test("an unknown rule is named with its line", arguments: ["\n", "\r\n"])
  func namesUnknownRule(_ lineEnd: String) throws {
    let lines = ["# one", "source a", "", "sauce b"]
    let problem = try problem(lines.joined(separator: lineEnd))
    #expect(problem.line == 4)
    #expect(problem.problem.contains("'sauce'"))
  }

  @Test("rules have no dashes", arguments: ["--source a", "-source a", "source=a"])
  func refusesDashes(_ text: String) throws {
    #expect(try problem(text).line == 1)
  }

  @Test("an option without a value is named with its line", arguments: ["source", "source  \t"])
  func namesMissingValue(_ text: String) throws {
    let problem = try problem("open-accounts\n\(text)\n")
    #expect(problem.line == 2)
    #expect(problem.problem.contains("'source' needs a value"))
  }

  @Test("a flag with a value is named with its line")
  func namesFlagWithValue() throws {
    let problem = try problem("source a\n\nopen-accounts yes\n")
    #expect(problem.line == 3)
    #expect(problem.problem.contains("'open-accounts' takes no value"))
  }

  @Test("a file that is missing, too long or not UTF-8 is refused")
  func refusesOtherFiles() throws {
    let missing = try #require(throws: InputError.self) {
      try RulesFile.arguments(in: TemporaryFile.freePath(), options: [], flags: [])
    }
    #expect(missing.kind == .missing)
    #expect(try problem(String(repeating: "#", count: 1_100_000)).problem.contains("too long"))
    let foreign = try TemporaryFile([0x23, 0xFD, 0x0A])
    #expect(throws: InputError.self) {
      try RulesFile.arguments(in: foreign.path, options: [], flags: [])
    }
  }
}
