import LedgerDomain
import LedgerEvents
import LedgerProjections
import SQLite
import Testing

@testable import EventStore
@testable import LedgerKit

/// What every projection owes: a new one is covered by being listed in `AllProjections`.
@Suite("Every projection")
struct ProjectionLawTests {
  static let names = AllProjections.all.filter { $0.lifecycle != .live }.map { $0.name }

  private static func type(_ name: String) throws -> any Projection.Type {
    try #require(AllProjections.all.first { $0.name == name })
  }

  private static func tables(but name: String? = nil) -> [String] {
    AllProjections.all.filter { $0.name != name }.flatMap { type in
      type.tables.filter { !$0.isFullText }.map(\.name)
    }
  }

  /// A book in which every projection has something to say.
  private func book() throws -> Book {
    let book = try Book()
    let ledger = book.ledger
    let (ada, bob) = (try AccountID("ada"), try AccountID("bob"))
    let usd = try Book.currency("USD")
    try book.perform(.open(ada, usd, overdraftLimit: Amount("50"), holder: "Ada Lovelace"))
    try book.perform(.open(bob, usd, holder: "Bob"))
    let early = Instant(micros: book.clockMicros - 40 * 86_400_000_000)
    try book.perform(.deposit(Amount("500"), to: ada, description: "Payroll"), at: early)
    try catchUp(book)
    for day in 1...4 {
      let at = Instant(micros: early.micros + Int64(day) * 86_400_000_000)
      try book.perform(
        .transfer(Amount("2\(day)"), from: ada, to: bob, description: "Rent \(day)"), at: at
      ) { $0.reason = "as agreed" }
    }
    try book.perform(.deposit(Amount("9"), to: ada), at: early)
    let last = try book.perform(.withdraw(Amount("1"), from: bob)).position
    for condition: AlertRule.Condition in [
      .largeAmount(Money(minorUnits: 2_400, in: usd)), .newCounterparty(nil),
      .manyWithdrawals(count: 2, withinMicros: 2 * 86_400_000_000),
      .inAndOut(Money(minorUnits: 100, in: usd), withinMicros: 60 * 86_400_000_000),
      .dormant(afterMicros: 20 * 86_400_000_000),
    ] {
      let rule = try #require(AlertRule(name: condition.kind, condition: condition))
      _ = try ledger.perform(AlertRequest(.add(rule, fromStart: true), actor: "t"))
    }
    try catchUp(book)
    try book.perform(.reverse(Reversal(of: last)))
    let period = try #require(Period("2026-12-31"))
    _ = try ledger.perform(PeriodRequest(.close(period), actor: "t"))
    _ = try ledger.erase(ErasureRequest(.positions([5]), actor: "t", reason: "asked for"))
    try book.perform(.transfer(Amount("3"), from: bob, to: ada, description: "Back"))
    _ = try ledger.perform(AlertRequest(.remove(name: "dormant"), actor: "t"))
    _ = try ledger.perform(
      AlertRequest(.acknowledge(rule: "large-amount", position: 10), actor: "t"))
    try catchUp(book)
    return book
  }

  private func catchUp(_ book: Book) throws { try book.ledger.catchUpProjections() }

  private func contents(_ book: Book, but name: String? = nil) throws -> [String: [[String]]] {
    try RawFile(book.path).contents(of: Self.tables(but: name))
  }

  private func differences(_ book: Book, _ names: [String] = []) throws -> [ProjectionDifference] {
    var found: [ProjectionDifference] = []
    try book.reopened().verifyProjections(names) { found.append($0) }
    return found
  }

  @Test("has something to say in the book of these tests")
  func filled() throws {
    let book = try book()
    for (table, rows) in try contents(book) { #expect(!rows.isEmpty, "\(table)") }
    #expect(try differences(book).isEmpty)
    #expect(try book.reopened().verify().events > 20)
  }

  @Test(
    "has the same rows rebuilt as grown, for every stream, as often as it is rebuilt",
    arguments: names)
  func rebuilt(_ name: String) throws {
    let book = try book()
    let before = try contents(book)
    for _ in 0..<2 {
      try book.ledger.rebuildProjections([name])
      #expect(try contents(book) == before)
    }
    #expect(try differences(book).isEmpty)
    try book.perform(.deposit(Amount("7"), to: AccountID("bob"), description: "Later"))
    try catchUp(book)
    #expect(try differences(book).isEmpty)
    #expect(try book.reopened().verify().events > 20)
  }

  @Test("loses rows that no event makes, and gets back those that are gone", arguments: names)
  func planted(_ name: String) throws {
    let book = try book()
    let before = try contents(book)
    let raw = try RawFile(book.path)
    for table in try Self.type(name).tables where !table.isFullText {
      let columns = try raw.rows(
        "SELECT name, type FROM pragma_table_info('\(table.name)') ORDER BY cid")
      let key = try #require(
        try raw.column(
          "SELECT name FROM pragma_table_info('\(table.name)') WHERE pk > 0 ORDER BY pk DESC LIMIT 1"
        ).first)
      let values = columns.map { column in
        guard column[0] == key else { return column[0] }
        return column[1] == "TEXT" ? "\(key) || '-planted'" : "\(key) + 1000000"
      }
      try raw.run(
        """
        INSERT OR IGNORE INTO \(table.name) SELECT \(values.joined(separator: ", "))
          FROM \(table.name) LIMIT 1;
        DELETE FROM \(table.name) WHERE \(key) = (SELECT min(\(key)) FROM \(table.name))
        """)
    }
    let others = try contents(book, but: name)
    #expect(try !differences(book, [name]).isEmpty)
    try book.reopened(.readWrite).rebuildProjections([name])
    #expect(try contents(book) == before)
    #expect(try contents(book, but: name) == others)
    #expect(try differences(book).isEmpty)
  }

  @Test(
    "is the same after events that it has seen were delivered again, however often",
    arguments: names)
  func delivered(_ name: String) throws {
    let book = try book()
    let before = try contents(book)
    let type = try Self.type(name)
    let store = book.ledger.store
    try store.maintain { log in
      for _ in 0..<3 {
        let projection = type.init(log.connection, in: .main)
        for range in [Int64(0)..<9, 0..<30, 4..<12] {
          var query = EventQuery()
          (query.after, query.through) = (range.lowerBound, range.upperBound)
          try log.forEachEvent(query) { event in
            let content = try DecodedEvent(event)
            try projection.apply(ProjectedEvent(event, content: content), log)
          }
        }
        try projection.flush()
      }
    }
    #expect(try contents(book) == before)
    #expect(try differences(book, [name]).isEmpty)
  }

  @Test("comes out the same whatever the order in which they are rebuilt")
  func orders() throws {
    let book = try book()
    let before = try contents(book)
    for names in [Self.names.reversed(), Self.names.sorted()] {
      for name in names { try book.ledger.rebuildProjections([name]) }
      #expect(try contents(book) == before)
    }
    try book.ledger.rebuildProjections()
    #expect(try contents(book) == before)
    #expect(try differences(book).isEmpty)
  }

  @Test("can be rebuilt in an empty book, and by no other name than its own")
  func empty() throws {
    let book = try Book()
    try book.ledger.rebuildProjections()
    #expect(try differences(book).isEmpty)
    #expect(throws: UnknownProjection(name: "balances", known: Self.names)) {
      try book.ledger.rebuildProjections(["balances"])
    }
    #expect(throws: UnknownProjection.self) { try differences(book, ["x"]) }
  }

  @Test("shows every row that differs, as it should be and as it is")
  func edited() throws {
    let book = try book()
    try RawFile(book.path).run(
      """
      UPDATE account_balances SET balance_minor = balance_minor + 1 WHERE account_id = 'bob';
      DELETE FROM commit_links; INSERT INTO commit_links VALUES (1, 'x', 2)
      """)
    let found = try differences(book)
    #expect(found.map(\.projection) == ["account_balances", "commit_links", "commit_links"])
    func value(_ name: String, _ row: [ProjectionDifference.Column]?) -> String? {
      row?.first { $0.name == name }?.value
    }
    #expect(value("account_id", found[0].actual) == "bob")
    #expect(value("balance_minor", found[0].expected) == "8700")
    #expect(value("balance_minor", found[0].actual) == "8701")
    #expect(found[1].expected == nil && value("link", found[1].actual) == "x")
    #expect(found[2].actual == nil && value("link", found[2].expected) == "reverses")
  }
}
