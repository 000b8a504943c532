import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("Loading an export")
struct ExportPrefixTests {
  @Test("that was cut off after a line gives the ledger as it was then")
  func prefixes() throws {
    let source = try Exchange.full()
    let lines = try source.lines()
    for count in 1...11 {
      let copy = try Exchange(seed: 8)
      let head = try copy.load(Array(lines.prefix(count)))
      #expect(head.commitNumber == Int64(count))
      let hash = #""hash":"\#(head.hash)"}"#
      #expect(lines[count - 1].hasSuffix(hash))
      #expect(try copy.ledger.verify().commits == Int64(count))
    }
  }

  @Test("that was cut off inside a line is refused at that line")
  func cutOff() throws {
    let lines = try Exchange.full().lines()
    let target = try Exchange(seed: 8)
    let cut = Array(lines.prefix(10)) + [String(lines[10].dropLast(20))]
    let error = #expect(throws: InputError.self) { try target.load(cut) }
    #expect(error?.line == 11)
    #expect(error?.problem.hasPrefix("it is no JSON") == true)
    #expect(try target.head.commitNumber == 0)
  }

  @Test("needs a ledger without commits")
  func notEmpty() throws {
    let lines = try Exchange.full().lines()
    let target = try Exchange(seed: 8)
    try target.perform(.open(try AccountID("mine"), .usd))
    let (id, head) = (target.ledger.id, try target.head)
    #expect(throws: Rejection.ledgerNotEmpty(commits: 1)) { try target.load(lines) }
    #expect(target.ledger.id == id)
    #expect(try target.head == head)
    let copy = try Exchange(seed: 9)
    try copy.load(lines)
    #expect(throws: Rejection.ledgerNotEmpty(commits: 11)) { try copy.load(lines) }
  }

  @Test("leaves no trace of a refused attempt: the next one succeeds on the same handle")
  func afterRefusal() throws {
    let source = try Exchange.full()
    let lines = try source.lines()
    let target = try Exchange(seed: 8)
    for count in [1, 5, 10] {
      #expect(throws: InputError.self) {
        try target.load(Array(lines.prefix(count)) + ["nonsense"])
      }
    }
    #expect(try target.load(lines) == source.head)
    #expect(try target.ledger.verify() == source.ledger.verify())
    #expect(target.ledger.id == source.ledger.id)
  }

  @Test("goes on after a commit that was refused, if whoever loads does")
  func goesOn() throws {
    let source = try Exchange.full()
    let lines = try source.lines()
    let target = try Exchange(seed: 8)
    _ = try target.ledger.restoring { restoration in
      try restoration.takeOver(ledgerID: source.ledger.id)
      for line in lines {
        let wrong = try CommitLine(parsing: Array(line.replacing("USD", with: "EUR").utf8))
        let right = try CommitLine(parsing: Array(line.utf8))
        if wrong != right {
          #expect(throws: RestoreError.self) { try restoration.record(wrong.events) }
        }
        try restoration.record(right.events)
      }
    }
    #expect(try target.head == source.head)
    #expect(try target.ledger.verify() == source.ledger.verify())
  }
}
