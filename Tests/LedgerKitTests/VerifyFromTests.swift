import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("Verify from a checked position")
struct VerifyFromTests {
  let book: Book

  /// Two openings, a deposit, a transfer at 4 and 5, a withdrawal at 6.
  init() throws {
    book = try Book()
    let (usd, a, b) = (try Book.currency("USD"), try AccountID("a"), try AccountID("b"))
    try book.perform(.open(a, usd, holder: "Ada"))
    try book.perform(.open(b, usd))
    try book.perform(.deposit(Amount("100"), to: a, description: "Payroll"))
    try book.perform(.transfer(Amount("30"), from: a, to: b, description: "Rent"))
    try book.perform(.withdraw(Amount("5"), from: b))
  }

  /// Changes the file behind the program's back, and puts the guards back as they were.
  private func tamper(_ sql: String) throws {
    let file = try RawFile(book.path)
    let guards = try file.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    for guardian in guards { try file.run("DROP TRIGGER \(guardian[0])") }
    try file.run(sql)
    for guardian in guards { try file.run(guardian[1]) }
  }

  /// What verify says is wrong; nil if nothing is.
  private func problem(from position: Int64) throws -> (position: Int64?, text: String)? {
    do {
      _ = try book.reopened().verify(from: position)
      return nil
    } catch StoreFileError.damaged(_, let position, let problem) {
      return (position, problem)
    }
  }

  @Test("an intact ledger verifies from the end of any commit, to the same head")
  func intact() throws {
    let whole = try book.ledger.verify()
    #expect(whole.events == 6)
    for position in [0, 1, 2, 3, 5, 6] as [Int64] {
      #expect(try book.reopened().verify(from: position) == whole)
    }
  }

  @Test("from inside a commit it is refused, naming the ends around")
  func insideCommit() throws {
    let error = #expect(throws: InsideCommitError.self) { try book.ledger.verify(from: 4) }
    #expect(error?.position == 4)
    #expect(error?.ends == 3...5)
  }

  @Test("from beyond the end, the end is missing")
  func beyondTheEnd() throws {
    let found = try problem(from: 9)
    #expect(found?.position == 7)
    #expect(
      found?.text == "the log ends at position 6: its end up to position 9 is missing")
  }

  @Test("what is changed after it is found, before it only in hashes and rules it is not")
  func tampered() throws {
    try tamper("UPDATE actors SET actor = 'eve'")
    #expect(try problem(from: 0)?.position == 1)
    #expect(try problem(from: 3)?.position == 4)
    #expect(try problem(from: 6) == nil)
  }

  @Test("a forged rule before it is trusted, but balances are those of all events")
  func balances() throws {
    try tamper(
      "UPDATE recorded_events SET data = replace(data, '100.00', '900.00') WHERE position = 3")
    #expect(try problem(from: 0)?.position == 3)
    let found = try problem(from: 6)
    #expect(found?.position == nil)
    #expect(found?.text.contains("account_balances") == true)
    // The transfer is decided on a balance that its events do not lead to.
    #expect(try problem(from: 3)?.position == 4)
  }

  @Test(
    "a row that is lost before it is missed all the same",
    arguments: [
      "DELETE FROM recorded_events WHERE position = 3",
      "DELETE FROM commits WHERE commit_number = 3",
    ])
  func lostRow(_ sql: String) throws {
    try tamper(sql)
    #expect(try problem(from: 5) != nil)
    #expect(try problem(from: 6) != nil)
  }

  @Test("a text before it that was taken away is missed, and an erased one that is back is found")
  func texts() throws {
    try tamper("DELETE FROM personal_texts WHERE position = 3")
    #expect(try problem(from: 6)?.position == 3)
    #expect(try problem(from: 6)?.text == "its personal text is missing, and no erasure names it")
    let other = try VerifyFromTests()
    let row = try RawFile(other.book.path).rows(
      "SELECT quote(salt), quote(text) FROM personal_texts WHERE position = 3")[0]
    _ = try other.book.ledger.erase(
      ErasureRequest(.positions([3]), actor: "tester", reason: "asked for"))
    #expect(try other.problem(from: 6) == nil)
    try other.tamper(
      "INSERT INTO personal_texts VALUES (3, 'description', \(row[0]), \(row[1]))")
    #expect(try other.problem(from: 6)?.position == 3)
    #expect(try other.problem(from: 6)?.text.contains("still there") == true)
  }

  @Test("commits with impossible numbers are damage")
  func impossibleNumbers() throws {
    try tamper(
      """
      UPDATE commits SET commit_number = commit_number - 4;
      UPDATE recorded_events SET commit_number = commit_number - 4
      """)
    for position in [2, 3, 6] as [Int64] { #expect(try problem(from: position) != nil) }
  }

  @Test("a text that was changed is neither exported nor erased")
  func changedText() throws {
    try tamper("UPDATE personal_texts SET text = 'Bonus' WHERE position = 3")
    let ledger = try book.reopened()
    let damaged = StoreFileError.damaged(
      path: book.path, position: 3, problem: "its personal text was changed")
    #expect(throws: damaged) { try ledger.forEachStoredCommit { _ in } }
    #expect(throws: damaged) {
      try ledger.erase(ErasureRequest(.positions([3]), actor: "tester", reason: "asked for"))
    }
    #expect(try problem(from: 0)?.position == 3)
  }
}
