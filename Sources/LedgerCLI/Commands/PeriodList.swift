import ArgumentParser
import LedgerDomain
import LedgerKit

extension LedgerCommand.Periods {
  /// Lists closes.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List what was closed, when and by whom, reopened closes too.",
      discussion: """
        In the order of recording.

        Example:
          ledger period list --format csv
        """)

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      try output.printList(
        to: target, columns: PeriodClose.columns,
        table: [
          .init(title: "PERIOD"), .init(title: "STATUS"), .init(title: "CLOSED"),
          .init(title: "WHO"), .init(title: "POSITION", isNumber: true),
          .init(title: "ACCOUNTS", isNumber: true), .init(title: "TOTALS"),
        ], ifEmpty: "No period was ever closed; close one with: ledger period close 2026-03"
      ) { add in
        try book.forEachPeriodClose { close in
          try add(close.record) {
            [
              close.period.text, close.status, close.closedAt.shortText, close.closedBy,
              "\(close.position)", "\(close.accounts)", close.totalsText,
            ]
          }
        }
      }
    }
  }
}
