import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("An export that was altered is refused, and nothing of it is loaded:")
struct AlteredExportTests {
  /// Expects that `lines` are refused at `line`, and that `target` is as empty as before.
  private func expectRefusal(
    of lines: [String], at line: Int?, by target: Exchange, _ what: String,
    _ problem: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let id = target.ledger.id
    let error = #expect(throws: InputError.self, "\(what)", sourceLocation: sourceLocation) {
      try target.load(lines)
    }
    #expect(error?.line == line, "\(what)", sourceLocation: sourceLocation)
    #expect(
      problem.isEmpty || error?.problem.contains(problem) == true,
      "\(what): \(error?.problem ?? "")", sourceLocation: sourceLocation)
    #expect(target.ledger.id == id, "\(what)", sourceLocation: sourceLocation)
    #expect(try target.head.commitNumber == 0, "\(what)", sourceLocation: sourceLocation)
  }

  @Test("any value of any line, at that line", arguments: 1...11)
  func anyValue(_ number: Int) throws {
    let (lines, target) = (try Exchange.full().lines(), try Exchange(seed: 8))
    let alterations = try AlteredLine.all(of: lines[number - 1])
    #expect(alterations.count > 100)
    for alteration in alterations where alteration.line != lines[number - 1] {
      var altered = lines
      altered[number - 1] = alteration.line
      try expectRefusal(of: altered, at: number, by: target, alteration.name)
    }
    #expect(try target.load(lines).commitNumber == 11)
  }

  @Test("a line that is missing, at the one after it")
  func dropped() throws {
    let (lines, target) = (try Exchange.full().lines(), try Exchange(seed: 8))
    for index in 0..<10 {
      var rest = lines
      rest.remove(at: index)
      try expectRefusal(
        of: rest, at: index + 1, by: target, "without line \(index + 1)", "comes next")
    }
  }

  @Test("lines in another order, or twice")
  func reordered() throws {
    let (lines, target) = (try Exchange.full().lines(), try Exchange(seed: 8))
    for index in 0..<10 {
      var swapped = lines
      swapped.swapAt(index, index + 1)
      try expectRefusal(of: swapped, at: index + 1, by: target, "swapped", "comes next")
      var doubled = lines
      doubled.insert(lines[index], at: index)
      try expectRefusal(of: doubled, at: index + 2, by: target, "doubled", "comes next")
    }
    try expectRefusal(of: lines + lines, at: 12, by: target, "all of it twice", "comes next")
    try expectRefusal(of: lines.reversed(), at: 1, by: target, "reversed", "comes next")
  }

  @Test("two ledgers in one file")
  func concatenated() throws {
    let (lines, others) = (try Exchange.full().lines(), try Exchange.full(seed: 9).lines())
    let target = try Exchange(seed: 8)
    try expectRefusal(
      of: lines + others, at: 12, by: target, "one after the other",
      "it is from another ledger than the lines before")
    try expectRefusal(
      of: Array(lines.prefix(3)) + others.dropFirst(3), at: 4, by: target, "spliced",
      "it is from another ledger")
    let renamed = others.map { $0.replacing(lines[0].prefix(90), with: "") }
    #expect(renamed == others, "their first bytes differ in the ledger's id")
  }

  @Test(
    "what is no export",
    arguments: [
      ("", 1, "it is empty"), ("{}", 1, "its format is missing"), ("[]", 1, "no JSON object"),
      ("null", 1, "the line is no JSON object"), ("position,type", 1, "it is no JSON"),
      (#"{"format":"ledger-commit/1"}"#, 1, "the line has no member 'ledgerId'"),
      (
        #"{"format":"ledger-commit/2","ledgerId":"x"}"#, 1,
        "its format is 'ledger-commit/2', and this version reads 'ledger-commit/1'"
      ),
      (#"{"format":"ledger-commit/1","extra":1}"#, 1, "a member 'extra', which is unknown"),
    ])
  func noExport(_ line: String, _ number: Int, _ problem: String) throws {
    let target = try Exchange(seed: 8)
    try expectRefusal(of: [line], at: number, by: target, line, problem)
    let lines = try Exchange.full().lines()
    try expectRefusal(of: lines + [line], at: 12, by: target, line, problem)
  }

  @Test("an empty file")
  func empty() throws {
    try expectRefusal(
      of: [], at: nil, by: try Exchange(seed: 8), "empty",
      "it is empty; expected one commit a line")
  }

  @Test("types and versions that this build doesn't know, by their names")
  func unknown() throws {
    let (lines, target) = (try Exchange.full().lines(), try Exchange(seed: 8))
    for (old, new, problem) in [
      ("MoneyDeposited", "MoneyBurnt", "position 5: the event type 'MoneyBurnt' is unknown"),
      (#""version":2"#, #""version":3"#, "position 5: version 3 of 'MoneyDeposited' is unknown"),
    ] {
      var altered = lines
      altered[4] = altered[4].replacing(old, with: new)
      try expectRefusal(of: altered, at: 5, by: target, new, problem)
    }
  }
}
