import ArgumentParser
import JSONText
import LedgerKit

extension LedgerCommand.Projections {
  /// Checks projections.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Compare projections to a fresh fold of all events.",
      discussion: """
        Prints every row that differs, as the events make it and as the file has it. Exit status 65 \
        if any does; 'projections rebuild' sets it right.

        Example:
          ledger projections verify
          ledger projections verify account_balances --format json
        """)

    @Argument(help: "The projections (default: all).")
    var names: [String] = []

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let names = try Ledger.storedProjections(names)
      let book = try ledger.openForReading()
      let line = ProgressLine()
      var report = DifferenceReport(of: names, output.format, on: target)
      try book.verifyProjections(names, progress: { line.update(done: $0, of: $1, "events") }) {
        line.erase()
        try report.add($0)
      }
      line.erase()
      try report.finish()
      if report.hasDifferences { throw ExitCode(ExitStatus.badData) }
    }
  }
}
