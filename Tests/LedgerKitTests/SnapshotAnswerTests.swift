import EventStore
import LedgerDomain
import Testing
import TestSupport

@testable import LedgerKit

/// A snapshot may make an answer faster, never different.
@Suite("Answers with snapshots")
struct SnapshotAnswerTests {
  private static let ids = ["main", "other", "yen", "euro"]

  /// A random history with snapshots every 7 events: backdated movements, transfers, limits,
  /// overdrawn pasts, an account that is closed, version-1 events, a clock that goes back.
  private func history(_ random: inout SeededRandom) throws -> Book {
    let book = try Book()
    var policy = SnapshotPolicy()
    policy.everyEvents = 7
    try book.ledger.setSnapshotPolicy(policy)
    _ = try book.openOldAccount("main")
    for (id, code) in [("other", "USD"), ("yen", "JPY"), ("euro", "EUR")] {
      _ = try book.open(id, code, limit: "100")
    }
    for step in 0..<700 {
      book.clockMicros += Int64.random(in: -300...2_000, using: &random)
      let command = try command(step, &random)
      let isLate = Int.random(in: 0..<4, using: &random) == 0
      let lateBy = Int64.random(in: 0...50, using: &random) * 10_000
      let effectiveAt = isLate ? Instant(micros: book.clockMicros - lateBy) : nil
      do {
        try book.perform(command, at: effectiveAt) { options in
          options.allowsPastOverdraft = step.isMultiple(of: 3)
          options.reason = step.isMultiple(of: 3) ? "found" : nil
        }
      } catch is Rejection {}
    }
    return book
  }

  private func command(_ step: Int, _ random: inout SeededRandom) throws -> Command {
    let main = try AccountID("main")
    let id = try AccountID(try #require(Self.ids.randomElement(using: &random)))
    let amount = Amount("\(Int.random(in: 1...90, using: &random))")
    // Half of it happens on one account, so that its stream grows long.
    let account = Bool.random(using: &random) ? main : id
    switch Int.random(in: 0..<20, using: &random) {
    case 0...8: return .deposit(amount, to: account, description: "step \(step)")
    case 9...13: return .withdraw(amount, from: account)
    case 14...15: return .transfer(amount, from: main, to: try AccountID("other"))
    case 16...17: return .transfer(amount, from: try AccountID("other"), to: main)
    case 18: return .change(account, overdraftLimit: amount)
    default: return .close(try AccountID("euro"))
    }
  }

  /// Every version, every position, and a third of the instants: on either clock, and in pairs.
  private func cuts(
    of account: AccountID, _ brute: BruteFold, _ random: inout SeededRandom
  ) throws -> [Cut] {
    let own = brute.entries.filter { $0.streamID == "BankAccount-\(account)" }
    var cuts = own.map { Cut.version($0.version) } + own.map { Cut.position($0.position) }
    for entry in own where entry.version.isMultiple(of: 3) {
      let (effective, known) = (
        Instant(micros: entry.effectiveAt), Instant(micros: entry.recordedAt)
      )
      cuts.append(.instants(effective: effective, known: nil))
      cuts.append(.instants(effective: nil, known: known))
      let other = try #require(brute.entries.randomElement(using: &random)).effectiveAt
      cuts.append(.instants(effective: Instant(micros: other), known: known))
      let justBefore = (Instant(micros: other - 1), Instant(micros: known.micros - 1))
      cuts.append(.instants(effective: justBefore.0, known: justBefore.1))
    }
    return cuts
  }

  @Test(
    "are those of a fold of everything, with or without them, at every cut", arguments: [1, 2])
  func same(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let book = try history(&random)
    let brute = try BruteFold(book)
    let main = try AccountID("main")
    #expect(brute.entries.count { $0.streamID == "BankAccount-main" } > 300)
    #expect(try book.snapshotVersions(of: main).count > 10)
    #expect(try book.snapshotResults().allSatisfy { $0 == "ok" })
    let accounts = try Self.ids.map { try AccountID($0) }
    let questions = try accounts.map { ($0, try cuts(of: $0, brute, &random)) }

    try checkNewest(main, book)
    for account in accounts {
      let now = try book.ledger.balance(of: account)
      let folded = brute.answer(account, .position(try #require(brute.entries.last).commitEnd))
      #expect(now.balance.minorUnits == folded?.minorUnits, "\(account) by projection")
    }

    let reader = try book.reopened(.readWrite)
    try check(questions, brute, reader)
    let answers = questions.map(\.1.count).reduce(0, +)
    #expect(reader.store.eventsFolded <= answers, "at most an opening is folded for an answer")
    var off = SnapshotPolicy()
    off.isEnabled = false
    try book.ledger.setSnapshotPolicy(off)
    let bare = try book.reopened()
    try check(questions, every: 3, brute, bare)
    // Some snapshots gone, and then all of them.
    try book.ledger.setSnapshotPolicy(SnapshotPolicy())
    _ = try book.ledger.pruneSnapshots(keep: 3, takenBefore: nil)
    try check(questions, every: 7, brute, try book.reopened())
    _ = try book.ledger.pruneSnapshots(keep: 0, takenBefore: nil)
    #expect(try book.snapshotVersions().isEmpty)
    try check(questions, every: 7, brute, try book.reopened())
    #expect(try book.ledger.verify().events == Int64(brute.entries.count))
  }

  /// Every version is answered from the newest snapshot at or before it, and the events since.
  private func checkNewest(_ account: AccountID, _ book: Book) throws {
    let snapshots = try book.snapshotVersions(of: account)
    let reader = try book.reopened()
    for version in 0...(try reader.balance(of: account).version) {
      let loaded = try reader.loaded(account, through: version)
      let newest = snapshots.last { $0 <= version }
      try #require(loaded.snapshotVersion == newest)
      try #require(loaded.eventsFolded == Int(version - (newest ?? -1)))
      let past = try reader.balance(of: account, at: .version(version))
      try #require(loaded.balance == past.balance.decimal)
    }
  }

  private func check(
    _ questions: [(AccountID, [Cut])], every step: Int = 1, _ brute: BruteFold, _ ledger: Ledger
  ) throws {
    for (account, cuts) in questions {
      for cut in cuts.enumerated().filter({ $0.offset.isMultiple(of: step) }).map(\.element) {
        let answer = try BruteFold.Answer(account, cut, in: ledger)
        try #require(answer == brute.answer(account, cut), "\(account) at \(cut)")
      }
    }
  }
}
