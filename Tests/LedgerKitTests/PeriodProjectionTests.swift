import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("The projection of periods")
struct PeriodProjectionTests {
  private let book: Book
  private let a: AccountID

  init() throws {
    book = try Book.withPast()
    a = try AccountID("a")
    try book.close("2026-11")
    try book.close("2026-12")
    try book.reopen()
  }

  private let closes = ["2026-11 at 5", "2026-12 at 6 reopened at 7"]

  private func expectRuleHolds() throws {
    let refused = try book.attempt(.deposit(Amount("1"), to: a), at: Book.end("2026-11"))
    #expect(throws: Rejection.self) { try refused.get() }
    try book.perform(.deposit(Amount("1"), to: a), at: Book.end("2026-12"))
    #expect(try book.closes() == closes)
    #expect(try book.ledger.verify().commits == 8)
  }

  @Test("is readable text")
  func rows() throws {
    let rows = try RawFile(book.path).contents(of: ["periods"])
    let (november, december) = (Book.end("2026-11").micros, Book.end("2026-12").micros)
    #expect(
      rows["periods"] == [
        ["5", "'2026-11'", "\(november)", "NULL"], ["6", "'2026-12'", "\(december)", "7"],
      ])
  }

  @Test(
    "that is wrong or in part is found, and made anew by the next command",
    arguments: [
      ("DELETE FROM periods", "differs from its events"),
      ("UPDATE periods SET through_us = 0", "differs from its events"),
      ("UPDATE periods SET reopened_position = 7", "differs from its events"),
      ("UPDATE periods SET reopened_position = NULL", "differs from its events"),
      ("INSERT INTO periods VALUES (9, '2027-01', 1, NULL)", "differs from its events"),
      ("DROP TABLE periods", "the table 'periods' is missing"),
      ("DELETE FROM projections WHERE name = 'periods'", "projection periods is missing"),
      ("UPDATE projections SET checkpoint = 3 WHERE name = 'periods'", "checkpoint 3"),
    ])
  func wrong(_ sql: String, _ problem: String) throws {
    try RawFile(book.path).run(sql)
    let error = #expect(throws: StoreFileError.self) { try book.ledger.verify() }
    guard case .damaged(_, nil, let found)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.contains(problem), "\(found)")
    if problem.hasPrefix("differs") {
      try RawFile(book.path).run("UPDATE projections SET version = 0 WHERE name = 'periods'")
    }
    try expectRuleHolds()
  }

  @Test("that no command has made yet is outdated: an older program wrote the file last")
  func older() throws {
    try RawFile(book.path).run(
      "DROP TABLE periods; DELETE FROM projections WHERE name = 'periods'")
    let reader = try book.reopened()
    #expect(try reader.balance(of: a).balance.decimal == "105.00")
    #expect(try reader.projectionProblem() == "projection periods is missing")
    let outdated = StoreFileError.projectionOutdated(name: "periods")
    #expect(throws: outdated) { try reader.forEachPeriodClose { _ in } }
    #expect(throws: outdated) { try reader.verify() }
    try expectRuleHolds()
    #expect(try reader.verify().commits == 8)
  }

  @Test("with a row that names no period stops commands with a sentence")
  func malformed() throws {
    try RawFile(book.path).run("UPDATE periods SET period = 'March'")
    let problem = "the projection periods says 'March', which is no period"
    #expect(throws: StoreFileError.damaged(path: book.path, position: 5, problem: problem)) {
      try book.perform(.deposit(Amount("1"), to: a))
    }
  }
}
