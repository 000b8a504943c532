import CSQLite
import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing

@Suite("Verify")
struct VerifyTests {
  /// A ledger with every kind of commit.
  private func fullBook() throws -> Book {
    let book = try Book()
    let usd = try Book.currency("USD")
    let (a, b) = (try AccountID("a"), try AccountID("b"))
    try book.perform(.open(a, usd, overdraftLimit: Amount("10"), holder: "Ada")) {
      ($0.reason, $0.idempotencyKey) = ("new customer", "open-a")
    }
    try book.perform(.open(b, usd))
    try book.perform(.deposit(Amount("100"), to: a, description: "Payroll")) {
      $0.idempotencyKey = "payroll"
    }
    try book.perform(.transfer(Amount("30"), from: a, to: b, description: "Rent")) {
      $0.causationID = "3"
    }
    try book.perform(
      .withdraw(Amount("5"), from: a), at: Instant(micros: book.clockMicros - 4)
    ) { ($0.allowsPastOverdraft, $0.reason) = (true, "late") }
    try book.perform(.change(a, overdraftLimit: Amount("20"), holder: "Ada N."))
    try book.perform(.withdraw(Amount("30"), from: b))
    try book.perform(.close(b))
    return book
  }

  /// Runs SQL as another program would, with the guards taken away first.
  private func tamper(_ path: String, _ sql: String) throws {
    var handle: OpaquePointer?
    defer { sqlite3_close(handle) }
    let guards = [
      "store", "streams", "event_types", "actors", "commits", "recorded_events", "personal_texts",
    ]
    .flatMap { table in ["insert", "update", "delete"].map { "\(table)_refuses_\($0)" } }
    let originals = try guards.map { name in
      try scalar("SELECT sql FROM sqlite_schema WHERE name = '\(name)'", path) ?? ""
    }
    try #require(sqlite3_open(path, &handle) == SQLITE_OK)
    let script =
      guards.map { "DROP TRIGGER \($0);" }.joined() + sql + ";"
      + originals.map { "\($0);" }.joined()
    var message: UnsafeMutablePointer<CChar>?
    let code = sqlite3_exec(handle, script, nil, nil, &message)
    try #require(code == SQLITE_OK, "\(message.map { String(cString: $0) } ?? "") in \(sql)")
  }

  /// The first column of the first row.
  private func scalar(_ sql: String, _ path: String) throws -> String? {
    var handle: OpaquePointer?
    var statement: OpaquePointer?
    defer {
      sqlite3_finalize(statement)
      sqlite3_close(handle)
    }
    try #require(sqlite3_open(path, &handle) == SQLITE_OK)
    try #require(sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK)
    guard sqlite3_step(statement) == SQLITE_ROW else { return nil }
    return sqlite3_column_text(statement, 0).map { String(cString: $0) }
  }

  /// The position that `verify` names, or 0 if it finds damage without one; nil if all is well.
  private func badPosition(_ path: String) throws -> Int64? {
    do {
      let ledger = try Ledger(
        path: path, options: .init(access: .readOnly),
        environment: .init(clockMicros: { 0 }, randomBytes: { _ in [] }))
      _ = try ledger.verify()
      return nil
    } catch StoreFileError.damaged(_, let position, _) {
      return position ?? 0
    }
  }

  @Test("an intact ledger with every kind of commit verifies")
  func intact() throws {
    let book = try fullBook()
    #expect(try badPosition(book.path) == nil)
    #expect(try book.ledger.verify().events == 9)
  }

  @Test("one changed byte of any event's data is found at that event")
  func everyByte() throws {
    let book = try fullBook()
    let copy = book.path + ".copy"
    for position in 1...9 {
      let sql = "SELECT length(data) FROM recorded_events WHERE position = \(position)"
      let text = try scalar(sql, book.path) ?? ""
      let length = try #require(Int(text))
      for byte in stride(from: 1, through: length, by: position == 4 ? 1 : 5) {
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: book.path, toPath: copy)
        try? FileManager.default.removeItem(atPath: copy + "-wal")
        if FileManager.default.fileExists(atPath: book.path + "-wal") {
          try FileManager.default.copyItem(atPath: book.path + "-wal", toPath: copy + "-wal")
        }
        try tamper(
          copy,
          """
          UPDATE recorded_events SET data = substr(data, 1, \(byte - 1))
            || CASE substr(data, \(byte), 1) WHEN '7' THEN '3' ELSE '7' END
            || substr(data, \(byte) + 1) WHERE position = \(position)
          """)
        let found = try badPosition(copy)
        // A transfer's legs are hashed together: which one was changed can't always be told.
        let commit: ClosedRange<Int64> =
          (4...5).contains(position)
          ? 4...5 : Int64(position)...Int64(position)
        #expect(found.map(commit.contains) == true, "byte \(byte) of \(position): \(found as Any)")
      }
    }
  }

  @Test(
    "impossible numbers in the last commit are damage, never a crash",
    arguments: [
      "recorded_at_us = 9223372036854775807", "recorded_at_us = -9223372036854775808",
      "last_position = 9223372036854775807",
    ])
  func impossibleHead(_ edit: String) throws {
    let book = try fullBook()
    try tamper(book.path, "UPDATE commits SET \(edit) WHERE commit_number = 8")
    let account = try AccountID("a")
    #expect(throws: StoreFileError.self) { try book.reopened().now() }
    #expect(throws: StoreFileError.self) {
      try book.perform(.deposit(Amount("1"), to: account))
    }
  }

  @Test("nothing is booked on a balance that is not what its events add up to")
  func contradiction() throws {
    let book = try fullBook()
    try tamper(
      book.path,
      "UPDATE recorded_events SET data = replace(data, '100.00', '900.00') WHERE position = 3")
    let account = try AccountID("a")
    let ledger = try book.reopened(.readWrite)
    #expect(throws: StoreFileError.self) {
      try ledger.perform(.deposit(Amount("1"), to: account), CommandOptions(actor: "tester"))
    }
  }

  @Test(
    "other edits are found",
    arguments: [
      ("UPDATE commits SET recorded_at_us = recorded_at_us + 1 WHERE commit_number = 3", 3),
      ("UPDATE commits SET effective_at_us = 5 WHERE commit_number = 3", 3),
      ("UPDATE actors SET actor = 'eve'", 1),
      ("UPDATE commits SET correlation_id = 'x' WHERE commit_number = 4", 4),
      ("UPDATE commits SET causation_id = NULL WHERE commit_number = 4", 4),
      ("UPDATE commits SET metadata = NULL WHERE metadata IS NOT NULL", 6),
      ("UPDATE commits SET idempotency_key = 'other' WHERE commit_number = 3", 3),
      ("UPDATE commits SET fingerprint = zeroblob(32) WHERE commit_number = 3", 3),
      ("DELETE FROM recorded_events WHERE position = 3", 3),
      ("DELETE FROM commits WHERE commit_number = 3", 3),
      ("UPDATE recorded_events SET type_key = 2 WHERE position = 9", 9),
      ("UPDATE recorded_events SET event_version = 1 WHERE position = 3", 3),
      ("UPDATE streams SET stream_id = 'BankAccount-c' WHERE stream_key = 2", 2),
      ("UPDATE account_balances SET balance_minor = 1 WHERE account_id = 'a'", 0),
      ("DELETE FROM account_balances WHERE account_id = 'a'", 0),
      ("UPDATE store SET store_id = 'x'", 1),
      ("UPDATE personal_texts SET field = 'note' WHERE field = 'description' AND position = 3", 3),
      ("UPDATE personal_texts SET text = 'x' WHERE field = 'holder' AND position = 1", 1),
      ("DELETE FROM personal_texts WHERE field = 'reason' AND position = 6", 6),
      (
        "INSERT INTO projections (name, lifecycle, version, checkpoint) VALUES ('stray', 'inline', 1, 9)",
        0
      ),
      ("CREATE TABLE extra (x)", 0),
      ("DROP VIEW events", 0),
    ] as [(String, Int64)])
  func edits(_ sql: String, _ position: Int64) throws {
    let book = try fullBook()
    try tamper(book.path, sql)
    #expect(try badPosition(book.path) == position)
  }
}
