import LedgerBench

/// The audit trail as a whole process, against the `sqlite3` shell printing the same rows.
struct AuditProfile: Profile {
  static let name = "audit"
  static let summary = "the audit trail of everything and of one account, against the sqlite3 shell"
  private static let rounds = 5

  func run(_ bench: Bench) throws {
    let path = "\(bench.folder)/audit.db"
    removeStore(at: path)
    defer { removeStore(at: path) }
    _ = bench.makeBusyLedger(at: path)
    bench.verify(path)
    print(label("", 21) + RunSample.header + column("events/s", 10))
    for format in ["ndjson", "csv"] {
      report("everything, \(format)", bench.events, Self.rounds) {
        bench.ledger(["audit", "-O", format], on: path)
      }
    }
    report("one account", nil, 31) { bench.ledger(["audit", "acct-7"], on: path) }
    guard let shell = programPath("sqlite3") else {
      return print("no sqlite3 shell to compare with")
    }
    // The readable view: what an audit shows, without a check of anything.
    report("sqlite3, everything", bench.events, Self.rounds) {
      ProgramRun([shell, "-readonly", path, "SELECT * FROM events"])
    }
  }

  /// Prints what `rounds` runs took; without `events`, no rate.
  private func report(_ name: String, _ events: Int?, _ rounds: Int, _ run: () -> ProgramRun) {
    let sample = RunSample(rounds, run)
    let rate = events.map { "\(Int(Double($0) / sample.medianMilliseconds * 1_000))" } ?? ""
    print(label(name, 21) + sample.columns + column(rate, 10))
  }
}
