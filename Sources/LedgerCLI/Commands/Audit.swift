import ArgumentParser
import EventStore
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Dumps the audit trail.
  struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "audit",
      abstract: "Show who did what, when and why.",
      discussion: """
        Every event in the order of recording, of one account or of the whole ledger, as of one \
        moment. All conditions must hold. The same history gives the same bytes on every run.

        To go on where a dump ended, ask for what comes --after its last globalPosition. In CSV, text \
        that a spreadsheet could take for a formula has an apostrophe in front.

        With --with-checkpoint the dump ends with a checkpoint of that moment, as of its last commit: \
        'ledger verify --against' shows later whether the ledger still holds that history.

        Example:
          ledger audit acct-42
          ledger audit --actor user-5 --min 10000 --since 2026-03
          ledger audit --format csv -o for-the-auditor.csv
          ledger audit --format ndjson --with-checkpoint -o audit.ndjson
        """)

    @Argument(help: "The account (default: all).")
    var account: Word?

    @OptionGroup var events: EventOptions

    @Flag(help: "End with a checkpoint of the whole ledger at that moment.")
    var withCheckpoint = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try events.checkTypes() }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try account.map { try AccountID($0.text) }
      let amounts = try events.amounts()
      let book = try ledger.openForReading()
      var query = try account.map(book.query(of:)) ?? EventQuery()
      try events.narrow(&query, on: book)
      try output.printEvents(
        query, amounts: amounts, of: book, withCheckpoint: withCheckpoint, to: target)
    }
  }
}
