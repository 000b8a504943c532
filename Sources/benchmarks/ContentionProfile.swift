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
    let one = try Self.transfers(by: 1, for: seconds, on: path).reduce(0, +)
    let together = try Self.transfers(by: Self.processes, for: seconds, on: path)
    let all = together.reduce(0, +)
    let (most, least) = (together.max() ?? 0, together.min() ?? 0)
    print(
      "\(seconds) s each, from a new ledger: one \(one / seconds)/s, \(Self.processes) together "
        + "\(all / seconds)/s, ratio \((Double(all) / Double(one)).rounded(to: 100)); of one process most "
        + "\(most), least \(least), ratio "
        + "\((Double(most) / Double(max(1, least))).rounded(to: 100)); verified")
  }

  /// How many transfers each of so many processes recorded in a new ledger.
  private static func transfers(
    by processes: Int, for seconds: Int, on path: String
  ) throws -> [Int] {
    removeStore(at: path)
    defer { removeStore(at: path) }
    do { _ = try BenchLedger(at: path) }
    let started = (0..<processes).map { number in
      StartedProgram([
        CommandLine.arguments[0], "write-transfers", path, "\(seconds)", "\(number)",
      ])
    }
    let counts = started.map { Int($0.finished().output.filter(\.isNumber)) ?? 0 }
    let ledger = try Ledger.open(path, .readOnly)
    let expected = Int64(Workload.accounts + 2 * counts.reduce(0, +))
    guard try ledger.verify().events == expected else {
      throw WrongResult(problem: "there are other events than were recorded")
    }
    return counts
  }

  /// Records transfers, each by itself, for so many seconds, and prints how many.
  static func writeTransfers(to path: String, seconds: Int, seed: Int) throws {
    var options = Ledger.Options(access: .readWrite)
    options.busyTimeoutMilliseconds = 60_000
    let ledger = try Ledger(path: path, options: options, environment: .system)
    var random = SplitMix(state: UInt64(seed + 1) &* UInt64(SystemClock.micros()))
    let end = ContinuousClock.now + .seconds(seconds)
    var count = 0
    while ContinuousClock.now < end {
      let payer = random.next(below: Workload.accounts)
      let payee = (payer + 1 + random.next(below: Workload.accounts - 1)) % Workload.accounts
      var options = CommandOptions(actor: "bench")
      options.idempotencyKey = ledger.newID()
      _ = try ledger.perform(
        .transfer(
          Amount("1.00"), from: AccountID(Workload.account(payer)),
          to: AccountID(Workload.account(payee))), options)
      count += 1
    }
    print(count)
  }
}
