import LedgerBench

/// Something that is timed, and printed.
protocol Profile {
  static var name: String { get }
  /// What it times, in a line.
  static var summary: String { get }

  init()

  /// Runs and prints. Whatever it makes in the folder, it removes.
  func run(_ bench: Bench) throws
}

/// What a profile works with.
struct Bench {
  /// The path of the `ledger` program.
  let program: String
  /// Where ledgers are made.
  let folder: String
  /// How many events, where a profile has a size.
  let events: Int

  /// Runs a subcommand as a user would, on the ledger at `path`; its answer is thrown away.
  func ledger(_ words: [String], on path: String) -> ProgramRun {
    ProgramRun([program] + words + ["--db", path])
  }

  /// Runs a subcommand so many times.
  func ledger(_ words: [String], on path: String, times count: Int) -> RunSample {
    RunSample(count) { ledger(words, on: path) }
  }

  /// Has `ledger verify` check the ledger at `path`. One with a problem ends this program.
  func verify(_ path: String) {
    _ = ledger(["verify"], on: path)
    print("verified")
  }

  /// Makes a busy ledger at `path` in a process of its own.
  func makeBusyLedger(at path: String) -> ProgramRun {
    ProgramRun([CommandLine.arguments[0], "make-busy", path, "\(events)"])
  }
}
