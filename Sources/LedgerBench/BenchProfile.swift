import EventStore
package import LedgerKit

/// What the program itself can time, on a ledger of its own with everything that a user gets: commits on
/// disk, hashes, idempotency keys and all inline projections.
package enum BenchProfile: String, CaseIterable, Sendable {
  /// Each transfer is a commit on disk before the next begins.
  case single
  /// Transfers share a transaction, 8,189 of them.
  case bulk
  /// The same transfers, from a file.
  case `import`

  /// How many transfers there are unless somebody says otherwise.
  package var usualOperations: Int {
    switch self {
    case .single: 10_000
    case .bulk, .import: 1_000_000
    }
  }
}

/// One run of a profile.
package struct BenchRun {
  /// What is imported.
  package enum Source: String, CaseIterable, Sendable {
    /// A bank's statement, by `import csv`.
    case csv
    /// Commands, by `import commands`.
    case ndjson
  }

  package let profile: BenchProfile
  package let operations: Int
  package var source = Source.csv
  /// Where the clock and chance come from.
  package let environment: Ledger.Environment
  /// Told now and then how many transfers are recorded; what it throws ends the run.
  package var onProgress: (Int) throws -> Void = { _ in }

  package init(_ profile: BenchProfile, operations: Int, environment: Ledger.Environment) {
    (self.profile, self.operations, self.environment) = (profile, operations, environment)
  }

  /// Makes a ledger in a folder of its own in `place`, runs, and verifies what came out.
  ///
  /// Throws `BenchFolderError` if there is no place, and `WrongResult` if the ledger is not what the
  /// transfers add up to.
  package func finished(in place: String) throws -> BenchResult {
    let folder = try BenchFolder(in: place)
    let bench = try BenchLedger(at: folder.file("bench.db"), environment)
    switch profile {
    case .single: return try measure(bench) { try bench.ledger.recordSingly(self, &$0) }
    case .bulk: return try measure(bench) { try bench.ledger.recordTogether(self, &$0) }
    case .import:
      let file = folder.file("transfers.\(source.rawValue)")
      try WorkloadFile(path: file).write(Workload(count: operations), as: source)
      return try measure(bench) { watch in try bench.ledger.importTransfers(self, file) }
    }
  }

  private func measure(
    _ bench: BenchLedger, _ body: (inout Stopwatch) throws -> Void
  ) throws -> BenchResult {
    let before = try bench.ledger.roomTaken()
    var watch = Stopwatch()
    try body(&watch)
    let (seconds, cpuSeconds) = (watch.seconds, watch.cpuSeconds)
    let peakBytes = ProcessUsage.peakBytes
    let after = try bench.ledger.roomTaken()
    try BenchLedger.check(bench.path, transfers: operations)
    return BenchResult(
      profile: profile.rawValue, operations: operations, seconds: seconds, latency: watch.latency,
      cpuSeconds: cpuSeconds, peakBytes: peakBytes, logBytes: after.log - before.log,
      projectionBytes: after.others - before.others)
  }
}
