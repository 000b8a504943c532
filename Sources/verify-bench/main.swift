import BenchSupport
import EventStore
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Times `verify` against what it can't do without: `make bench`, or
// `verify-bench FOLDER [EVENTS]`, or `verify-bench LEDGER`.

/// How long `body` takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .seconds(1)
}

/// Times the ledger at `path`, a bare scan and `verify` in turn, and prints the medians.
func bench(_ path: String, rounds: Int = 3) throws {
  let peakBefore = peakBytes()
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
    "peak memory: \(peakBytes() / 1_048_576) MiB, \(peakBefore / 1_048_576) MiB of it from before")
}

let arguments = CommandLine.arguments.dropFirst()
let place = arguments.first ?? "."
if access(place + "/.", F_OK) == 0 {
  let events = arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
  let made = try BenchLedger(in: place, events: events)
  try bench(made.path)
} else {
  try bench(place)
}
