import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Prints an account's statement for a month.
  struct MonthlyStatement: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "statement",
      abstract: "Print an account's statement for a month.",
      discussion: """
        A page to hand to a customer: what the account had, what came in and went out, what it had \
        at the end. Movements belong to the month in which they count, UTC; what one month closes \
        with, the next opens with. Without --month, the last month that is over.

        Example:
          ledger statement acct-42 --month 2026-04
          ledger statement acct-42 --month 2026-04 --known-at 2026-05-02
        """)

    @Argument(help: "The account.")
    var account: Word

    @Option(help: ArgumentHelp("The month, UTC (default: the last).", valueName: "yyyy-mm"))
    var month: String?

    @Option(
      help: ArgumentHelp(
        "The statement as the ledger knew it then: only what was written by then.",
        valueName: "instant"))
    var knownAt: String?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard let month, CalendarMonth(month) == nil else { return }
      throw ValidationError("--month takes a month such as 2026-04")
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try AccountID(account.text)
      let book = try ledger.openForReading()
      let now = try book.now()
      let month = month.flatMap { CalendarMonth($0) } ?? CalendarMonth(of: now).previous
      let known = try knownAt.map { try Instant(parsing: $0, edge: .end, now: now) }
      let line = ProgressLine()
      var page = StatementPage(output, on: target)
      try book.statement(
        of: account, for: month, known: known,
        progress: { line.update(done: $0, of: $1, "events") },
        begin: {
          line.erase()
          try page.begin($0)
        }
      ) { try page.add($0) }
      try page.finish()
    }
  }
}
