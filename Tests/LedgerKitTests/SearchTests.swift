import EventStore
import LedgerDomain
import TestSupport
import Testing

@testable import LedgerKit

@Suite("Searching")
struct SearchTests {
  let book: Book
  let (alice, bob): (AccountID, AccountID)

  /// A deposit at position 3, and a transfer at 4 and 5.
  init() throws {
    book = try Book()
    let usd = try Book.currency("USD")
    (alice, bob) = (try AccountID("alice-1"), try AccountID("bob"))
    try book.perform(.open(alice, usd, holder: "Zoë Johnson"))
    try book.perform(.open(bob, usd, holder: "Bob Lee"))
    try book.perform(.deposit(Amount("100"), to: alice, description: "Payroll for March"))
    try book.perform(.transfer(Amount("30"), from: alice, to: bob, description: "Café rent")) {
      $0.reason = "Lease 7"
    }
  }

  private func found(
    _ words: String, _ change: (inout SearchQuery) throws -> Void = { _ in }
  ) throws -> Set<Int64> {
    var query = SearchQuery(try SearchExpression(words))
    try change(&query)
    var positions: Set<Int64> = []
    try book.ledger.search(query) { positions.insert($0.position) }
    return positions
  }

  @Test(
    "finds words in any field, phrases, prefixes, and combinations of them; a transfer once",
    arguments: [
      ("rent", [4]), ("RENT cafe", [4]), ("cafe\u{301}", [4]), ("zoe", [3, 4]), ("pay*", [3]),
      ("pay", []), (#""march payroll""#, []), (#""for march""#, [3]), ("alice-1", [4]),
      ("reason:lease", [4]), ("reason:rent", []), ("zoe NOT rent", [3]), ("lee OR march", [3, 4]),
      ("march rent", []), ("holder:(bob zoe)", [4]), ("payroll OR rent NOT lease", [3]),
    ] as [(String, Set<Int64>)])
  func words(_ words: String, _ positions: Set<Int64>) throws {
    #expect(try found(words) == positions)
  }

  @Test("is narrowed by account, the other side, and amount")
  func filters() throws {
    #expect(try found("zoe") { $0.account = bob } == [5])
    #expect(try found("zoe") { $0.account = alice } == [3, 4])
    #expect(try found("zoe") { $0.counterparty = bob } == [4])
    #expect(
      try found("zoe") { $0.amounts = try AmountRange(from: "50", through: nil) } == [3])
    #expect(try found("zoe") { $0.limit = 1 }.count == 1)
    #expect(try found("zoe") { $0.limit = 0 }.isEmpty)
  }

  @Test("never asks the index what it can't read, however a query nests")
  func nesting() throws {
    for level in ["(", "a OR b (", "a OR b NOT (", "a OR b NOT reason:(", "reason:(holder:("] {
      let groups = level.count { $0 == "(" }
      let levels = 8 / groups
      let end = String(repeating: ")", count: 8)
      _ = try found(String(repeating: level, count: levels) + "a" + end)
    }
    for operation in [" ", " AND ", " OR ", " NOT "] {
      _ = try found(Array(repeating: "holder:a", count: 64).joined(separator: operation))
    }
  }

  @Test("shows where words are, though others of the query are in other fields")
  func highlight() throws {
    func marked(_ words: String) throws -> String? {
      let (text, _) = try book.ledger.highlight(
        description: "Café rent", reason: nil, SearchExpression(words), open: "<", close: ">")
      return text
    }
    #expect(try marked("cafe holder:zoe") == "<Café> rent")
    #expect(try marked("zoe NOT (garage cafe)") == "Café rent")
    #expect(try marked("reason:rent OR ca*") == "<Café> rent")
  }

  @Test("finds nothing of what was erased")
  func erasure() throws {
    #expect(try found("payroll") == [3])
    _ = try book.ledger.erase(
      ErasureRequest(.account(alice), actor: "officer", reason: "Request 9"))
    #expect(try found("payroll OR zoe OR johnson").isEmpty)
    #expect(try found("lee") == [4])
  }
}
