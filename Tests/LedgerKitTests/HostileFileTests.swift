import EventStore
import LedgerDomain
import LedgerKit
import Testing

/// Files whose rows hold what no program of ours writes: a sentence, never a trap.
@Suite("A hostile file")
struct HostileFileTests {
  private let book: Book
  private let account: AccountID

  init() throws { (book, account) = try Book.withSnapshots() }

  /// What the ledger says of the file after `edits`, made behind its back.
  private func answers(
    to edits: String, guarded tables: [String] = ["recorded_events", "commits", "streams"],
    _ ask: (Ledger) throws -> Void
  ) throws -> (any Error)? {
    let raw = try RawFile(book.path)
    for table in tables {
      for operation in ["insert", "update", "delete"] {
        try raw.run("DROP TRIGGER \(table)_refuses_\(operation)")
      }
    }
    try raw.run(edits)
    let ledger = try book.reopened(.readWrite)
    if case .failure(let error) = Result(catching: { try ask(ledger) }) { return error }
    return nil
  }

  @Test(
    "with numbers that would overflow is damaged",
    arguments: [
      "UPDATE recorded_events SET stream_position = 9223372036854775807 WHERE stream_position = 10",
      "UPDATE recorded_events SET stream_position = -9223372036854775808 WHERE stream_position = 9",
      "UPDATE commits SET recorded_at_us = -9223372036854775808 WHERE commit_number = 11",
      "UPDATE commits SET last_position = 9223372036854775807 WHERE commit_number = 11",
    ])
  func numbers(_ edit: String) throws {
    let deposit = Command.deposit(Amount("1"), to: account)
    let error = try answers(to: edit) { ledger in
      try ledger.setSnapshotPolicy(.init(maxAgeMicros: 1))
      _ = try ledger.perform(deposit, CommandOptions(actor: "tester"))
    }
    guard case .damaged = error as? StoreFileError else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "with counts and amounts of read models at the ends of 64 bits is damaged where they are read",
    arguments: [
      ("book_counters", "events = 9223372036854775807"),
      ("book_counters", "deposits = 9223372036854775807"),
      ("book_counters", "opened = -9223372036854775807 - 1"),
      ("monthly_statements", "credits = 9223372036854775807"),
      ("monthly_statements", "debits = 9223372036854775807, credits = 1"),
      ("transactions", "amount_minor = -9223372036854775807 - 1"),
    ])
  func readModels(_ table: String, _ edit: String) throws {
    _ = try book.perform(.deposit(Amount("1"), to: account, description: "rent"))
    try book.ledger.catchUpProjections()
    let asked: [String: (Ledger) throws -> Void] = [
      "book_counters": { _ = try $0.statistics(from: CalendarDay(of: Instant(micros: 0))) },
      "monthly_statements": { ledger in
        let month = CalendarMonth(of: try ledger.now())
        try ledger.statement(of: account, for: month, begin: { _ in }) { _ in }
      },
      "transactions": { try $0.search(SearchQuery(SearchExpression("rent"))) { _ in } },
    ]
    let ask = try #require(asked[table])
    let error = try answers(to: "UPDATE \(table) SET \(edit)", guarded: []) { try ask($0) }
    guard case .damaged(_, _, let problem) = error as? StoreFileError else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problem.contains(table))
  }

  @Test("with a link to what is no position is damaged where links are read")
  func links() throws {
    let edit = """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT, ', ') '), ') STRICT', ')')
       WHERE name = 'commit_links';
      PRAGMA writable_schema = RESET;
      INSERT INTO commit_links (target, link, position) VALUES ('1~', 'reverses', 2);
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, ') WITHOUT ROWID', ') STRICT, WITHOUT ROWID')
       WHERE name = 'commit_links';
      PRAGMA writable_schema = RESET
      """
    let error = try answers(to: edit, guarded: []) { ledger in
      try ledger.forEachMovement(of: account) { _ in }
    }
    guard case .damaged(_, _, let problem) = error as? StoreFileError else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problem.contains("commit_links"))
  }

  @Test("with snapshots at impossible places takes new ones all the same")
  func snapshots() throws {
    let edit = """
      INSERT INTO snapshots VALUES (1, -9223372036854775808, 1, 1, 0, '{}', x'');
      INSERT INTO snapshots VALUES (1, 9223372036854775807, 1, 1, 0, '{}', x'');
      INSERT INTO snapshots VALUES (1, 1, 2, 1, 0, '{}', x'')
      """
    let error = try answers(to: edit, guarded: []) { ledger in
      let taken = try ledger.takeSnapshots(of: [account])
      let pruned = try ledger.pruneSnapshots(keep: 0, takenBefore: nil)
      #expect(taken == 1 && pruned > 1)
    }
    #expect(error == nil)
    _ = try book.reopened().verify()
  }

  @Test("with a snapshot of no stream can be pruned, and verifies then")
  func orphan() throws {
    let error = try answers(
      to: "INSERT INTO snapshots VALUES (99, 0, 1, 1, 0, '{}', x'')", guarded: []
    ) { ledger in
      #expect(throws: StoreFileError.self) { try ledger.verify() }
      let pruned = try ledger.pruneSnapshots(keep: 0, takenBefore: nil)
      #expect(pruned == 3)
    }
    #expect(error == nil)
  }

  @Test("with a stream whose name is no account's is passed over by snapshots of all accounts")
  func strangeStream() throws {
    let edit = """
      INSERT INTO streams VALUES (50, 'BankAccount-a b');
      INSERT INTO recorded_events VALUES (13, 12, 50, 0, 1, 2, '{}', NULL)
      """
    let error = try answers(to: edit) { ledger in
      let taken = try ledger.takeSnapshots()
      #expect(taken == 1)
    }
    #expect(error == nil)
  }

  @Test("with a changed payload is not exported beyond the commit before it")
  func export() throws {
    var exported: [Int64] = []
    let edit = "UPDATE recorded_events SET data = replace(data, '1.00', '9.00') WHERE position = 5"
    let error = try answers(to: edit) { ledger in
      try ledger.forEachStoredCommit { exported.append($0[0].position) }
    }
    guard case .damaged(_, let position, _) = error as? StoreFileError else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(position == 5)
    #expect(exported == [1, 2, 3, 4])
  }

  @Test("with settings that nobody knows gets new ones, and says so until then")
  func settings() throws {
    let error = try answers(to: "INSERT INTO settings VALUES ('colour', 7)", guarded: []) {
      ledger in
      #expect(throws: StoreFileError.self) { try ledger.verify() }
      let policy = try ledger.changeSnapshotPolicy { $0.everyEvents = 5 }
      #expect(policy.everyEvents == 5)
      _ = try ledger.perform(
        .deposit(Amount("1"), to: account), CommandOptions(actor: "tester"))
    }
    #expect(error == nil)
  }
}

extension SnapshotPolicy {
  fileprivate init(maxAgeMicros: Int64) {
    self.init()
    self.maxAgeMicros = maxAgeMicros
  }
}
