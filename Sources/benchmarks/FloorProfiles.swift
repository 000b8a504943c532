import LedgerBench
import LedgerKit

/// One durable transfer a commit, against the floor.
struct SingleProfile: Profile {
  static let name = "single"
  static let summary = "each transfer on disk before the next, against the floor"

  func run(_ bench: Bench) throws {
    try FloorTrial(profile: .single, operations: min(10_000, bench.events / 2), rounds: 5)
      .run(bench)
  }
}

/// Transfers that share transactions, against the floor.
struct BulkProfile: Profile {
  static let name = "bulk"
  static let summary = "8,189 transfers a transaction, against the floor"

  func run(_ bench: Bench) throws {
    try FloorTrial(profile: .bulk, operations: bench.events, rounds: 3).run(bench)
  }
}

/// A profile of `ledger bench` and the floor of it in turn.
private struct FloorTrial {
  let profile: BenchProfile
  let operations: Int
  let rounds: Int

  func run(_ bench: Bench) throws {
    var (ours, floors): ([Double], [Double]) = ([], [])
    let perTransaction = profile == .single ? 1 : Workload.transfersPerTransaction
    for round in 1...rounds {
      let run = BenchRun(profile, operations: operations, environment: .system)
      let result = try run.finished(in: bench.folder)
      let floor = try Floor(operations: operations, perTransaction: perTransaction)
        .run(at: "\(bench.folder)/floor.db")
      ours.append(result.throughput)
      floors.append(Double(operations) / floor.seconds)
      if round == rounds {
        printLatency("ours", result.latency)
        printLatency("floor", floor.latency)
        print(
          "ours: computing \(result.cpuSeconds.rounded(to: 100)) s, at most "
            + "\(result.peakBytes >> 20) MiB, \(Int(result.bytesPerOperation)) bytes a transfer, "
            + "\(Int(result.logBytesPerOperation)) of them in the log")
      }
    }
    print(
      "\(operations) transfers, medians of \(rounds): ours \(Int(ours.median))/s, floor "
        + "\(Int(floors.median))/s, ratio \((ours.median / floors.median).rounded(to: 100))")
  }

  private func printLatency(_ whose: String, _ latency: Latency?) {
    guard let latency else { return }
    print(
      "\(whose): a transaction p50 \(Int(latency.p50)) us, p99 \(Int(latency.p99)) us, "
        + "p100 \(Int(latency.p100)) us")
  }
}

/// The transfers of `bulk` from files.
struct ImportProfile: Profile {
  static let name = "import"
  static let summary = "the transfers of bulk from CSV and from NDJSON, as whole processes"

  func run(_ bench: Bench) throws {
    let imported = BenchRun.Source.allCases.map { source in
      (source, rate(bench, "import", "--from", source.rawValue))
    }
    let bulk = rate(bench, "bulk")
    for (source, rate) in imported {
      print("\(source.rawValue): \((rate / bulk).rounded(to: 100)) times as many a second as bulk")
    }
  }

  /// Has `ledger bench` run, prints what it says, and returns how many transfers a second it was.
  private func rate(_ bench: Bench, _ words: String...) -> Double {
    let run = ProgramRun(
      [bench.program, "bench"] + words
        + ["--operations", "\(bench.events)", "--dir", bench.folder], keepingOutput: true)
    print(run.output, terminator: "")
    guard
      let rate = run.output.split(separator: " ").dropFirst().first
        .flatMap({ $0.split(separator: "/").first }).flatMap({ Double($0) })
    else { preconditionFailure("ledger bench begins with the profile and a rate") }
    return rate
  }
}
