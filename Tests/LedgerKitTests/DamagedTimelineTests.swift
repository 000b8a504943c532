import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

/// Rows about the past that no program of ours writes: a sentence, never a trap.
@Suite("Damaged rows about the past")
struct DamagedTimelineTests {
  private let book: Book
  private let account: AccountID
  private let start: Int64

  /// An account with 600 instants, nearly all of them entered late: several blocks.
  init() throws {
    book = try Book()
    account = try book.open("a", limit: "100")
    start = book.clockMicros - 1_000_000
    let deposit = Command.deposit(Amount("1"), to: account)
    try book.ledger.booking { booking in
      for step in 0..<600 {
        var options = CommandOptions(actor: "tester")
        options.effectiveAt = Instant(micros: start + Int64(step * 7 % 600) * 1_000)
        _ = try booking.perform(deposit, options)
      }
    }
  }

  private func perform(_ command: Command, at micros: Int64) throws -> Receipt {
    var options = CommandOptions(actor: "tester")
    options.effectiveAt = Instant(micros: micros)
    return try book.reopened(.readWrite).perform(command, options)
  }

  /// What a backdated command and a question about the past say after `edit`; nil for an answer.
  private func errors(after edit: String) throws -> [any Error] {
    try RawFile(book.path).run(edit)
    let middle = start + 300_500
    let asked: [() throws -> Void] = [
      { _ = try perform(.withdraw(Amount("1"), from: account), at: start) },
      { _ = try perform(.withdraw(Amount("350"), from: account), at: middle) },
      { _ = try perform(.change(account, overdraftLimit: Amount("5")), at: middle) },
      { _ = try perform(.deposit(Amount("1"), to: account), at: start + 700_000) },
      {
        let cut = Cut.instants(effective: Instant(micros: middle), known: nil)
        _ = try book.reopened().balance(of: account, at: cut)
      },
    ]
    return asked.compactMap { ask -> (any Error)? in
      if case .failure(let error) = Result(catching: ask) { error } else { nil }
    }
  }

  @Test(
    "stop what needs them with a sentence that names the table",
    arguments: [
      "DELETE FROM timeline_blocks",
      "DELETE FROM timeline_blocks WHERE from_us < -60000000000000000",
      "UPDATE timeline_blocks SET from_us = from_us + 1 WHERE from_us < -60000000000000000",
      "UPDATE timeline_blocks SET moments = x'80'",
      "UPDATE timeline_blocks SET moments = x'01'",
      "UPDATE timeline_blocks SET moments = x'ffffffffffffffffffffffff01'",
      "UPDATE timeline_blocks SET moments = substr(moments, 1, length(moments) - 1)",
      "UPDATE timeline_blocks SET net_minor = NULL, moments = x'80'",
    ])
  func refused(_ edit: String) throws {
    let errors = try errors(after: edit)
    #expect(!errors.isEmpty)
    for error in errors {
      guard case .damaged(book.path, nil, let problem) = error as? StoreFileError else {
        Issue.record("\(error)")
        continue
      }
      #expect(problem.contains("timeline_blocks"))
      #expect(problem.contains(" a"), "the account is named: \(problem)")
    }
    try expectFound(in: "timeline_blocks")
  }

  @Test(
    "with impossible numbers are found by verify, and commands trap at none of them",
    arguments: [
      ("timeline_blocks", "net_minor = 9223372036854775807"),
      ("timeline_blocks", "net_minor = -9223372036854775807 - 1"),
      ("timeline_blocks", "lowest_minor = -9223372036854775807 - 1"),
      ("timeline_blocks", "highest_minor = 9223372036854775807"),
      ("timeline_blocks", "limit_minor = 9223372036854775807"),
      ("timeline_blocks", "limit_minor = -9223372036854775807 - 1"),
      ("timeline_blocks", "sets_limit = 9223372036854775807"),
      ("timeline_blocks", "net_minor = NULL, lowest_minor = 7"),
      ("timeline_blocks", "moments = x''"),
      ("timeline_blocks", "moments = CAST(x'0a0a0909' || moments AS BLOB)"),
      ("timeline_blocks", "moments = CAST(moments || moments AS BLOB)"),
      ("late_events", "effective_us = 9223372036854775807"),
      ("late_events", "effective_us = -9223372036854775807 - 1"),
      ("late_events", "latest_us = 9223372036854775807"),
      ("late_events", "latest_us = -9223372036854775807 - 1"),
      ("late_events", "moved_minor = 9223372036854775807"),
      ("late_events", "moved_minor = -9223372036854775807 - 1"),
      ("account_balances", "late_events = 9223372036854775807"),
      ("account_balances", "latest_effective_us = 9223372036854775807"),
      ("account_balances", "latest_effective_us = -9223372036854775807 - 1"),
    ])
  func impossible(_ table: String, _ change: String) throws {
    for error in try errors(after: "UPDATE \(table) SET \(change)") {
      #expect(error is StoreFileError || error is Rejection, "\(error)")
    }
    try expectFound(in: table)
  }

  @Test("of blocks at impossible instants are found by verify, and commands trap at none of them")
  func impossibleInstants() throws {
    let edit = """
      INSERT INTO timeline_blocks VALUES ('a', -9223372036854775807 - 1, 0, 1, 0, 0, 0, x'');
      INSERT INTO timeline_blocks VALUES ('a', 9223372036854775807, 0, 1, NULL, 0, 0, x'80')
      """
    for error in try errors(after: edit) {
      #expect(error is StoreFileError || error is Rejection, "\(error)")
    }
    try expectFound(in: "timeline_blocks")
  }

  private func expectFound(in table: String) throws {
    let error = #expect(throws: StoreFileError.self) { try book.reopened().verify() }
    guard case .damaged(_, _, let problem) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problem.contains(table), "\(problem)")
  }
}
