import EventStore
import LedgerBench
import LedgerDomain
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Eight processes that write to one ledger at once, against one alone.
struct ContentionProfile: Profile {
  static let name = "contention"
  static let summary = "8 processes that transfer at once for a minute, against one alone"
  private static let processes = 8

  func run(_ bench: Bench) throws {
    let path = "\(bench.folder)/contention.db"
    let seconds = Environment.number("SECONDS") ?? 60
    let one = try ContentionTrial(path, processes: 1, seconds: seconds)
    let together = try ContentionTrial(path, processes: Self.processes, seconds: seconds)
    print("\(seconds) s each, from a new ledger, verified; a transfer, its wait included:")
    for (name, trial) in [("one alone", one), ("\(Self.processes) together", together)] {
      print("\(label(name, 10)) \(trial.description)")
    }
    let (most, least) = (together.counts.max() ?? 0, together.counts.min() ?? 0)
    print(
      "ratio \((Double(together.total) / Double(one.total)).rounded(to: 100)); of one process most "
        + "\(most), least \(least), ratio \((Double(most) / Double(max(1, least))).rounded(to: 100))"
    )
  }
}

/// What processes that transfer at once got done in a ledger of their own.
struct ContentionTrial {
  /// How many transfers each of them recorded.
  let counts: [Int]
  private let seconds: Int
  private let latency: Latency?
  private let cpuSeconds: Double
  private let peakBytes: Int
  private let logBytes: Int64

  var total: Int { counts.reduce(0, +) }

  /// Has so many processes write to a new ledger at `path`, in which `transfers` stand before; verifies and
  /// removes it.
  init(_ path: String, processes: Int, seconds: Int, after transfers: Int = 0) throws {
    removeStore(at: path)
    defer { removeStore(at: path) }
    do { try BenchLedger(at: path).record(transfers: transfers) }
    let before = try Ledger.open(path, .readOnly).roomTaken().log
    let started = (0..<processes).map { number in
      StartedProgram([
        CommandLine.arguments[0], "write-transfers", path, "\(seconds)", "\(number)",
      ])
    }
    let runs = started.map { $0.finished() }
    let micros = runs.map { $0.output.split(separator: "\n").compactMap { Double($0) } }
    (counts, self.seconds) = (micros.map(\.count), seconds)
    latency = Latency(micros: micros.flatMap(\.self))
    cpuSeconds = runs.map(\.cpuMilliseconds).reduce(0, +) / 1_000
    peakBytes = runs.map(\.peakBytes).max() ?? 0
    let ledger = try Ledger.open(path, .readOnly)
    logBytes = try ledger.roomTaken().log - before
    guard
      try ledger.verify().events == Int64(Workload.accounts + 2 * (transfers + total))
    else { throw WrongResult(problem: "there are other events than were recorded") }
  }

  /// One line.
  var description: String {
    let times = latency.map { [$0.p50, $0.p99, $0.p100] } ?? []
    let columns = zip(["p50", "p99", "p100"], times).map { name, micros in
      "\(name) \((micros / 1_000).rounded(to: 100)) ms"
    }
    return "\(total / seconds)/s, \(columns.joined(separator: ", ")), computing "
      + "\(cpuSeconds.rounded(to: 10)) s, at most \(peakBytes >> 20) MiB, "
      + "\(logBytes / Int64(max(1, total))) bytes in the log"
  }

  /// Records transfers, each by itself, for so many seconds, and prints how many microseconds each took.
  static func writeTransfers(to path: String, seconds: Int, seed: Int) throws {
    var options = Ledger.Options(access: .readWrite)
    options.busyTimeoutMilliseconds = 60_000
    let ledger = try Ledger(path: path, options: options, environment: .system)
    var random = SplitMix(state: UInt64(seed + 1) &* UInt64(SystemClock.micros()))
    let end = ContinuousClock.now + .seconds(seconds)
    var micros: [Int] = []
    var begin = ContinuousClock.now
    while begin < end {
      let payer = random.next(below: Workload.accounts)
      let payee = (payer + 1 + random.next(below: Workload.accounts - 1)) % Workload.accounts
      var options = CommandOptions(actor: "bench")
      options.idempotencyKey = ledger.newID()
      _ = try ledger.perform(
        .transfer(
          Amount("1.00"), from: AccountID(Workload.account(payer)),
          to: AccountID(Workload.account(payee))), options)
      let now = ContinuousClock.now
      micros.append(Int((now - begin) / .microseconds(1)))
      begin = now
    }
    print(micros.map(String.init).joined(separator: "\n"))
  }
}
