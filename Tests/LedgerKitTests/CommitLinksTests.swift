import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

@Suite("The projection of links between commits")
struct CommitLinksTests {
  let book: Book
  let (a, b): (AccountID, AccountID)

  /// A deposit at 3, its reversal at 4, what is right instead at 5.
  init() throws {
    book = try Book()
    (a, b) = (try book.open("a"), try book.open("b"))
    try book.perform(.deposit(Amount("100"), to: a))
    try book.perform(.reverse(Reversal(of: 3)))
    try book.perform(.deposit(Amount("10"), to: a)) { $0.corrects = 3 }
  }

  private static let rows = "SELECT target, link, position FROM commit_links"
  private static let links = [["3", "corrects", "5"], ["3", "reverses", "4"]]

  private func links(in ledger: Ledger) throws -> [LinkedCommits] {
    var links: [LinkedCommits] = []
    try ledger.forEachMovement(of: a) { links.append($0.links) }
    return links
  }

  @Test("has one row a link, however many events the commit has")
  func rows() throws {
    #expect(try RawFile(book.path).rows(Self.rows) == Self.links)
    let moved = try book.perform(.transfer(Amount("1"), from: a, to: b))
    try book.perform(.reverse(Reversal(of: moved.position)))
    #expect(try RawFile(book.path).rows(Self.rows).count == 3)
  }

  @Test("lost with all that speaks of it is rebuilt by the next command, to the same rows")
  func rebuilt() throws {
    let raw = try RawFile(book.path)
    try raw.run("DROP TABLE commit_links; DELETE FROM projections WHERE name = 'commit_links'")
    #expect(throws: StoreFileError.self, "there are links, and no table of them") {
      try book.reopened().verify()
    }
    let ledger = try book.reopened(.readWrite)
    #expect(throws: Rejection.alreadyReversed(position: 3, at: 4)) {
      try ledger.perform(.reverse(Reversal(of: 3)), CommandOptions(actor: "tester"))
    }
    _ = try ledger.perform(.deposit(Amount("1"), to: b), CommandOptions(actor: "tester"))
    #expect(try raw.rows(Self.rows) == Self.links)
    #expect(try ledger.verify().events == 6)
  }

  @Test("is missing from a file made before it: reads know no link, and the next write makes it")
  func olderFile() throws {
    let older = try Book()
    let account = try older.open("a")
    try older.perform(.deposit(Amount("100"), to: account))
    let raw = try RawFile(older.path)
    try raw.run("DROP TABLE commit_links; DELETE FROM projections WHERE name = 'commit_links'")
    let reader = try older.reopened()
    #expect(throws: StoreFileError.projectionOutdated(name: "commit_links")) {
      try reader.verify()
    }
    var links: [LinkedCommits] = []
    try reader.forEachMovement(of: account) { links.append($0.links) }
    #expect(links == [LinkedCommits()])
    try older.perform(.reverse(Reversal(of: 2)))
    #expect(try raw.rows(Self.rows) == [["2", "reverses", "3"]])
    #expect(try older.reopened().verify().events == 3)
  }

  @Test("that lags behind the log is made up for by reads, which write nothing")
  func lagging() throws {
    let expected = try links(in: book.ledger)
    #expect(expected.map(\.reversedBy) == [4, nil, nil])
    let raw = try RawFile(book.path)
    try raw.run("DELETE FROM commit_links; UPDATE projections SET checkpoint = 1")
    let reader = try book.reopened()
    #expect(try links(in: reader) == expected)
    #expect(try links(in: reader) == expected, "asked again of the same handle")
    #expect(try raw.rows(Self.rows).isEmpty)
  }

  @Test(
    "that says anything else than the log is what verify finds",
    arguments: [
      "DELETE FROM commit_links WHERE link = 'reverses'",
      "UPDATE commit_links SET position = 5",
      "UPDATE commit_links SET target = 2 WHERE link = 'corrects'",
      "INSERT INTO commit_links VALUES (1, 'reverses', 5)",
      "DELETE FROM projections WHERE name = 'commit_links'",
      "DROP TABLE commit_links",
    ])
  func tampered(_ sql: String) throws {
    try RawFile(book.path).run(sql)
    #expect(throws: StoreFileError.self) { try book.reopened().verify() }
  }
}
