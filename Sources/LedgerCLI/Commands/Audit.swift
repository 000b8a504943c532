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
        Every event in the order of recording, of one account or of the whole ledger.

        Example:
          ledger audit acct-42
          ledger audit --after 1200 --format ndjson
        """)

    @Argument(help: "The account (default: all).")
    var account: Word?

    @Option(help: ArgumentHelp("Only events after this global position.", valueName: "position"))
    var after: Int64?

    @Option(help: ArgumentHelp("Show only the first events.", valueName: "n"))
    var limit: Int?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
      guard after ?? 0 >= 0 else { throw ValidationError("--after takes a position, 0 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try account.map { try AccountID($0.text) }
      let book = try ledger.openForReading()
      var query = try account.map(book.query(of:)) ?? EventQuery()
      (query.after, query.limit) = (after, limit)
      try output.printEvents(query, of: book, to: target)
    }
  }
}
