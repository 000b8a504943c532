import EventStore
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Times `verify` against what it can't do without: `make bench`, or `verify-bench FOLDER [EVENTS]`.

/// How long `body` takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .seconds(1)
}

/// The largest resident size so far, in bytes.
func peakBytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(0), &usage)
  #if canImport(Darwin)
    return usage.ru_maxrss
  #else
    return usage.ru_maxrss * 1_024
  #endif
}

func run(in folder: String, events: Int, rounds: Int = 3) throws {
  let bench = try BenchLedger(in: folder, events: events)
  let peakBefore = peakBytes()
  var (bare, verified): ([Double], [Double]) = ([], [])
  var found: Verification?
  for _ in 0..<rounds {
    var head: [UInt8] = []
    bare.append(
      try seconds {
        var scan = try BareScan(path: bench.path)
        defer { scan.close() }
        head = try scan.head()
      })
    verified.append(try seconds { found = try bench.open().verify() })
    precondition(found?.headHash.bytes == head, "both hash the same bytes")
  }
  let (bareMedian, median) = (bare.sorted()[rounds / 2], verified.sorted()[rounds / 2])
  let count = found?.events ?? 0
  print("\(count) events, medians of \(rounds) rounds")
  print("SELECT and SHA-256, one thread: \(bareMedian.rounded(to: 1_000)) s")
  print(
    "verify: \(median.rounded(to: 1_000)) s, \(Int(Double(count) / median)) events/s, "
      + "\((median / bareMedian).rounded(to: 100)) times as long")
  print(
    "peak memory: \(peakBytes() / 1_048_576) MiB, of which \(peakBefore / 1_048_576) MiB were taken "
      + "when the ledger was made")
}

extension Double {
  func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}

let arguments = CommandLine.arguments.dropFirst()
let events = arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
try run(in: arguments.first ?? ".", events: events)
