import ArgumentParser
import LedgerKit

extension LedgerCommand.Periods {
  /// Reopens the latest closed period.
  struct Reopen: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reopen",
      abstract: "Take back the latest close, with a reason.",
      discussion: """
        The close before it is in force again. Both stay in the log: who closed, who reopened, when \
        and why. With a PERIOD, it is refused unless that is the latest.

        Example:
          ledger period reopen 2026-03 --reason "Late invoice of the landlord"
        """)

    @Argument(help: "The period that should be the latest (default: whichever is).")
    var period: Word?

    @Option(help: "Why, for the audit trail.")
    var reason: String

    @OptionGroup var recording: RecordingOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      _ = try period.map(PeriodArgument.period)
      try WriteOptions.refuseEmpty([("--reason", reason)])
    }

    func run() throws {
      try recording.perform(
        .reopen(period.map(PeriodArgument.period), reason: reason), on: ledger, output)
    }
  }
}
