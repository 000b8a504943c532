import EventStore
import LedgerBench
import LedgerDomain
import LedgerProjections

/// Projections: rebuilding them, all questions about them as whole processes, and what they cost a deposit.
struct RebuildProfile: Profile {
  static let name = "rebuild"
  static let summary = "rebuilding projections, asking all of them, and what they cost a deposit"

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
  private func questions() -> [(name: String, words: [String])] {
    let now = Instant(micros: SystemClock.micros())
    let month = "\(CalendarMonth(of: now).previous)"
    let (common, rare) = (BusyLedger.word(1), BusyLedger.word(3_990))
    return [
      ("balance", ["balance", "acct-7"]),
      ("summary", ["summary", "acct-7"]),
      ("statement", ["statement", "acct-7", "--month", month]),
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
    print("rebuild                events/s  peak, MiB")
    let names = AllProjections.all.filter { $0.lifecycle != .live }.map { $0.name }
    for name in [nil] + names.map({ Optional($0) }) {
      let run = bench.ledger(["projections", "rebuild"] + (name.map { [$0] } ?? []), on: path)
      let rate = Int(Double(bench.events) / run.milliseconds * 1_000)
      print(label(name ?? "all together", 20) + column(rate, 11) + column(mebibytes(run), 11))
    }
  }

  /// Asks every question once, which catches up, and then as often as the median needs.
  private func ask(_ path: String, _ bench: Bench) {
    print("question                     ms  peak, MiB")
    for (name, words) in questions() {
      _ = bench.ledger(words, on: path)
      let runs = (0..<21).map { _ in bench.ledger(words, on: path) }
      let median = runs.map(\.milliseconds).median
      let peak = runs.map(mebibytes).max() ?? 0
      print(label(name, 24) + column(median.rounded(to: 100), 7) + column(peak, 11))
    }
  }

  private func mebibytes(_ run: ProgramRun) -> Int { run.peakBytes / 1_048_576 }
}
