import EventStore
import LedgerBench
import LedgerDomain
import LedgerKit

/// Questions about the past as whole processes, on a long ledger and on one of 1,000 events.
struct TimeTravelProfile: Profile {
  static let name = "time-travel"
  static let summary = "questions about the past, on a long ledger and on one of 1,000 events"

  private static let latePercent = 1

  func run(_ bench: Bench) throws {
    let start = ContinuousClock.now
    let long = try make("time-travel-long.db", events: bench.events, bench)
    print(
      "\(bench.events) events, \(Self.latePercent) % late, made in "
        + "\(Int((ContinuousClock.now - start) / .seconds(1))) s")
    let short = try make("time-travel-short.db", events: 1_000, bench)
    defer { for ledger in [long, short] { removeStore(at: ledger.path) } }
    print("of the long ledger, and the median of the short one:")
    print(label("question", 22) + RunSample.header + column("short, ms", 11) + column("ratio", 7))
    for (question, other) in zip(try questions(of: long), try questions(of: short)) {
      var (longRuns, shortRuns): ([ProgramRun], [ProgramRun]) = ([], [])
      for _ in 0..<question.runs {
        longRuns.append(bench.ledger(question.words, on: long.path))
        shortRuns.append(bench.ledger(other.words, on: short.path))
      }
      let (one, two) = (RunSample(longRuns), RunSample(shortRuns))
      let ratio = one.medianMilliseconds / two.medianMilliseconds
      print(
        label(question.name, 22) + one.columns
          + column(two.medianMilliseconds.rounded(to: 100), 11) + column(ratio.rounded(to: 100), 7))
    }
    for ledger in [long, short] { bench.verify(ledger.path) }
  }

  private func make(_ name: String, events: Int, _ bench: Bench) throws -> TimeLedger {
    let path = "\(bench.folder)/\(name)"
    removeStore(at: path)
    return try TimeLedger(
      at: path, events: events, accounts: max(2, events / 100), latePercent: Self.latePercent)
  }

  /// Every question by its name, and how often it is asked.
  private func questions(of ledger: TimeLedger) throws -> [(
    name: String, words: [String], runs: Int
  )] {
    let middle = ledger.instant(ledger.events / 2)
    let book = try Ledger.open(ledger.path, .readOnly)
    var query = EventQuery()
    (query.after, query.limit) = (Int64(ledger.events / 2), 1)
    var known = ""
    try book.forEachEvent(query) {
      known = "\(Instant(micros: $0.commit.header.recordedAtMicros))"
    }
    let version = try book.balance(of: AccountID("main")).version
    return [
      ("balance", ["balance", "main"], 31),
      ("balance-at, effective", ["balance-at", "main", "\(middle)"], 31),
      ("balance-at, recorded", ["balance-at", "main", "--known-at", known], 31),
      ("balance-at, both", ["balance-at", "main", "\(middle)", "--known-at", known], 31),
      ("balance-at, version", ["balance-at", "main", "--version", "\(version / 2)"], 31),
      ("withdraw, backdated", ["withdraw", "main", "0.01", "--effective", "\(middle)"], 31),
      ("accounts, both", ["accounts", "--at", "\(middle)", "--known-at", known, "-O", "csv"], 5),
      ("audit", ["audit", "-O", "ndjson"], 3),
    ]
  }
}
