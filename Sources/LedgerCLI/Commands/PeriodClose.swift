import ArgumentParser
import LedgerKit

extension LedgerCommand.Periods {
  /// Closes a period.
  struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "close",
      abstract: "Close a month or a day, and everything before it.",
      discussion: """
        The period must be over. Stored are the number of accounts, the total per currency and the \
        SHA-256 of the book at the period's end, as printed by 'ledger accounts --at PERIOD --format \
        csv', and a checkpoint of the log. What comes too late is booked in an open period, with \
        --corrects to say what it corrects. Text can still be erased.

        Example:
          ledger period close 2026-03
          ledger period close 2026-03-31 --reason "Signed off by the auditors"
        """)

    @Argument(help: PeriodArgument.help)
    var period: Word

    @Option(help: "Why, for the audit trail.")
    var reason: String?

    @OptionGroup var recording: RecordingOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      _ = try PeriodArgument.period(period)
      try WriteOptions.refuseEmpty([("--reason", reason)])
    }

    func run() throws {
      try recording.perform(
        .close(PeriodArgument.period(period), reason: reason), on: ledger, output)
    }
  }
}
