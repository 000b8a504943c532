import EventStore
import LedgerBench
import LedgerKit

/// `verify` against what it can't do without.
struct VerifyProfile: Profile {
  static let name = "verify"
  static let summary = "verify, against a bare SELECT and SHA-256 of the same bytes"

  func run(_ bench: Bench) throws {
    let made = try PaymentLedger(in: bench.folder, events: bench.events)
    try time(made.path)
  }

  /// Times the ledger at `path`, a bare scan and `verify` in turn, and prints the medians.
  private func time(_ path: String, rounds: Int = 3) throws {
    let peakBefore = ProcessUsage.peakBytes
    var (bare, verified): ([Double], [Double]) = ([], [])
    var found: Verification?
    for _ in 0..<rounds {
      var head: [UInt8] = []
      bare.append(
        try seconds {
          var scan = try BareScan(path: path)
          defer { scan.close() }
          head = try scan.head()
        })
      verified.append(try seconds { found = try Ledger.open(path, .readOnly).verify() })
      precondition(found?.headHash.bytes == head, "both hash the same bytes")
    }
    let (bareMedian, median) = (bare.median, verified.median)
    let events = found?.events ?? 0
    print("\(events) events, medians of \(rounds) rounds")
    print("SELECT and SHA-256, one thread: \(bareMedian.rounded(to: 1_000)) s")
    print(
      "verify: \(median.rounded(to: 1_000)) s, \(Int(Double(events) / median)) events/s, "
        + "\((median / bareMedian).rounded(to: 100)) times as long")
    print(
      "peak memory: \(ProcessUsage.peakBytes / 1_048_576) MiB, \(peakBefore / 1_048_576) MiB of it from before"
    )
  }

  /// How long `body` takes, in seconds.
  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}
