import EventStore
import LedgerBench
import LedgerDomain
import LedgerProjections

/// Projections: rebuilding them, all questions about them as whole processes, and what they cost a deposit.
struct RebuildProfile: Profile {
  static let name = "rebuild"
  static let summary = "rebuilding projections, asking all of them, and what they cost a deposit"

  /// How often each is rebuilt.
  private static let rebuilds = 3

  func run(_ bench: Bench) throws {
    let path = "\(bench.folder)/rebuild.db"
    let copy = path + "-copy"
    for path in [path, copy] { removeStore(at: path) }
    defer { for path in [path, copy] { removeStore(at: path) } }
    // In a process of its own: a program that this one starts counts what this one needed as its own.
    let made = bench.makeBusyLedger(at: path)
    print("\(bench.events) events, made in \(Int(made.milliseconds / 1_000)) s")
    rebuild(path, bench)
    ask(path, bench)
    bench.verify(path)
    let deposit = try DepositTrial(path: path) { original in
      _ = ProgramRun(["/bin/cp", original, copy])
      return copy
    }
    let ratio = Double(deposit.withMicros) / Double(deposit.withoutMicros)
    print(
      "append a deposit: \(deposit.withMicros) us with inline projections, "
        + "\(deposit.withoutMicros) us without, \(ratio.rounded(to: 100)) times as long")
  }

  /// What `ledger` is asked, by name.
  private func questions(_ bench: Bench) -> [(name: String, words: [String])] {
    let now = SystemClock.micros()
    // A whole month, if the ledger is long enough; its last day was yesterday.
    let month =
      bench.events >= 100_000
      ? CalendarMonth(of: Instant(micros: now)).previous
      : CalendarMonth(of: Instant(micros: now - 86_400_000_000))
    let (common, rare) = (BusyLedger.word(1), BusyLedger.word(3_990))
    return [
      ("balance", ["balance", "acct-7"]),
      ("summary", ["summary", "acct-7"]),
      ("statement", ["statement", "acct-7", "--month", "\(month)"]),
      ("search, a rare word", ["search", rare]),
      ("search, the best 20", ["search", common, "--limit", "20"]),
      ("search, both words", ["search", "\(common) AND \(BusyLedger.word(2))"]),
      ("search, a prefix", ["search", "\(common.prefix(6))*", "--limit", "20"]),
      ("search, one account", ["search", "\(common) OR \(rare)", "--account", "acct-7"]),
      ("flows", ["flows", "acct-7"]),
      ("flows, 2 payments away", ["flows", "acct-7", "--depth", "2"]),
      ("path", ["path", "acct-7", "acct-77"]),
      ("cycles of one account", ["cycles", "acct-7", "--length", "3"]),
      ("cycles", ["cycles", "--length", "3", "--limit", "20"]),
      ("alerts", ["alerts", "list", "--limit", "100"]),
      ("stats", ["stats"]),
      ("projections list", ["projections", "list"]),
    ]
  }

  /// Rebuilds all projections together, and each alone.
  private func rebuild(_ path: String, _ bench: Bench) {
    print(label("rebuild", 20) + RunSample.header + column("events/s", 10))
    let names = AllProjections.all.filter { $0.lifecycle != .live }.map { $0.name }
    for name in [nil] + names.map({ Optional($0) }) {
      let words = ["projections", "rebuild"] + (name.map { [$0] } ?? [])
      let sample = bench.ledger(words, on: path, times: Self.rebuilds)
      let rate = Int(Double(bench.events) / sample.medianMilliseconds * 1_000)
      print(label(name ?? "all together", 20) + sample.columns + column(rate, 10))
    }
  }

  /// Asks every question once, which catches up, and then as often as the median needs.
  private func ask(_ path: String, _ bench: Bench) {
    print(label("question", 24) + RunSample.header)
    for (name, words) in questions(bench) {
      _ = bench.ledger(words, on: path)
      print(label(name, 24) + bench.ledger(words, on: path, times: 21).columns)
    }
  }
}
