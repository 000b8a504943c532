import EventStore
import Foundation
import LedgerKit
import Tampering
import TestSupport
import Testing

/// A sample of what `make tampering` tries in full.
@Suite("Tampering with a ledger of 200 events")
struct TamperingTests {
  private static let shards = 4
  /// Made once: the list is long.
  private static let sharedPlan = Result { try TamperPlan() }

  private let plan: TamperPlan
  private let trial: TamperTrial

  init() throws {
    plan = try Self.sharedPlan.get()
    trial = try TamperTrial(plan)
  }

  private struct Kind: Hashable {
    let table: String
    let column: String?
    let kind: Tampering.Kind
  }

  /// Of every kind of change in every column of every table one, chosen by lot.
  private func sample() -> [Tampering] {
    var random = SeededRandom(seed: 11)
    let kinds = Dictionary(grouping: plan.tamperings) {
      Kind(table: $0.table, column: $0.column, kind: $0.kind)
    }
    // In a fixed order, so that the lot falls the same way every time.
    var seen: Set<Kind> = []
    return plan.tamperings.compactMap { tampering in
      let kind = Kind(table: tampering.table, column: tampering.column, kind: tampering.kind)
      return seen.insert(kind).inserted ? kinds[kind]?.randomElement(using: &random) : nil
    }
  }

  @Test("every kind of change in every column of every table is caught", arguments: 0..<shards)
  func caught(_ shard: Int) throws {
    let sample = sample()
    #expect(sample.count > 300)
    for index in stride(from: shard, to: sample.count, by: Self.shards) {
      let (outcome, detail) = try trial.outcome(of: sample[index])
      #expect(
        outcome.isCaught || outcome == .refusedBySQLite,
        "\(outcome): \(sample[index]): \(detail)")
    }
  }

  @Test("an index of words that claims the pages of a table is caught, though SQLite ignores that")
  func rootOfVirtualTable() throws {
    let claims = plan.tamperings.filter {
      $0.kind == .altered && $0.sql.contains("rootpage") && $0.sql.contains("'transactions_text'")
    }
    #expect(claims.count > 10)
    for tampering in claims {
      let (outcome, detail) = try trial.outcome(of: tampering)
      #expect(outcome.isCaught, "\(outcome): \(tampering): \(detail)")
    }
  }

  @Test("no table and no column is left out")
  func complete() throws {
    try trial.restore()
    let leftOut = Harmless.usersTables.map { "'\($0)'" }.joined(separator: ", ")
    let columns = try RawLedger(trial.path).rows(
      """
      SELECT s.name, c.name FROM sqlite_schema s, pragma_table_info(s.name) c
       WHERE s.type = 'table' AND s.name NOT IN (\(leftOut))
      """)
    let tried = Set((plan.tamperings + plan.harmless).map { [$0.table, $0.column ?? ""] })
    #expect(columns.count > 40)
    for column in columns.map({ $0.map(\.text) })
    where !Harmless.uncheckedTables.contains(column[0]) {
      #expect(tried.contains(column), "\(column)")
      #expect(tried.contains([column[0], ""]))
    }
  }

  @Test("keys of look-up tables may be others, and cached states missing: nothing reads otherwise")
  func harmless() throws {
    func events() throws -> [[StoredValue]] {
      try RawLedger(trial.path).rows("SELECT * FROM events ORDER BY global_position")
    }
    try trial.restore()
    let before = try events()
    #expect(before.count == Int(TrialLedger.events))
    #expect(plan.harmless.count > 20)
    for tampering in plan.harmless {
      #expect(try trial.outcome(of: tampering).outcome == .unnoticed, "\(tampering)")
      #expect(try events() == before)
    }
  }

  private func ledger() throws -> Ledger {
    try Ledger(
      path: trial.path, options: .init(access: .readOnly),
      environment: .init(clockMicros: { 0 }, randomBytes: { _ in [] }))
  }

  @Test(
    "a tail cut off with all that speaks of it passes verify, but not against a checkpoint",
    arguments: TrialLedger.Size.allCases, [1, 2, 20])
  func truncated(_ size: TrialLedger.Size, _ commits: Int64) throws {
    try trial.restore(size)
    let checkpoint = try NotedHead(ledger().checkpoint(), source: "the checkpoint")
    try Attack.truncate(trial.path, commits: commits)
    let found = try ledger().verify()
    #expect(found.headHash != checkpoint.headHash)
    let damage = #expect(throws: StoreFileError.self) {
      try ledger().verify(against: [checkpoint])
    }
    #expect("\(String(describing: damage))".contains("the end of the log was cut off"))
  }

  @Test("a tail that erased texts can't be cut off unseen: they are missing, and nothing says why")
  func truncatedErasure() throws {
    try trial.restore()
    try Attack.truncate(trial.path, commits: 100)
    let (outcome, detail) = trial.verify()
    #expect(outcome == .caughtByVerify)
    #expect(detail.contains("is missing"), "\(detail)")
  }

  @Test(
    "a history computed anew passes verify, but not against a checkpoint",
    arguments: TrialLedger.Size.allCases)
  func recomputed(_ size: TrialLedger.Size) throws {
    try trial.restore(size)
    let checkpoint = try NotedHead(ledger().checkpoint(), source: "the checkpoint")
    let amount = "SELECT data->>'amount' FROM events WHERE global_position = "
    let position = try Attack.enlargeDeposit(trial.path, by: 100_000)
    let amounts = try RawLedger(trial.path).texts(amount + "\(position)")
    #expect(amounts == [size == .short ? "3000.00" : "1001.00"])
    let found = try ledger().verify()
    #expect(found.headHash != checkpoint.headHash)
    let damage = #expect(throws: StoreFileError.self) {
      try ledger().verify(against: [checkpoint])
    }
    #expect("\(String(describing: damage))".contains("is another one than it was"))
  }

  @Test("the trial tells what changed nothing, what SQLite refuses, and what nobody noticed")
  func outcomes() throws {
    func outcome(_ sql: String) throws -> TamperTrial.Outcome {
      try trial.outcome(of: Tampering("commits", nil, .number, sql)).outcome
    }
    #expect(try outcome("UPDATE commits SET metadata = metadata") == .unnoticed)
    #expect(try outcome("UPDATE commits SET metadata = '{}' WHERE false") == .pointless)
    #expect(try outcome("UPDATE commits SET correlation_id = NULL") == .refusedBySQLite)
    #expect(try outcome("UPDATE commits SET metadata = '{}'") == .caughtByVerify)
    #expect(try outcome("UPDATE commits SET metadata = '{}'; DROP TABLE store") == .caughtOnOpening)
  }
}
