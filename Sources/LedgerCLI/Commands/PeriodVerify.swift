import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand.Periods {
  /// Checks closes.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Add up the book at the end of each closed period and compare it with the close.",
      discussion: """
        Number of accounts, totals, and the SHA-256 of the list of balances. A close in force is \
        compared with all that is known now, a reopened one with what was known when it was made. \
        Exit status 65 if anything differs: run 'ledger verify' then.

        Example:
          ledger period verify
          ledger period verify 2026-03
        """)

    @Argument(help: ArgumentHelp("Only the closes of this period (default: all)."))
    var period: Word?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    private static let columns = ["period", "through", "position", "status", "ok", "differences"]

    func validate() throws { _ = try period.map(PeriodArgument.period) }

    func run() throws {
      let target = try output.open(for: ledger)
      let period = try period.map(PeriodArgument.period)
      let book = try ledger.openForReading()
      var problems = 0
      try output.printList(
        to: target, columns: Self.columns,
        table: [
          .init(title: "PERIOD"), .init(title: "POSITION", isNumber: true),
          .init(title: "STATUS"), .init(title: "RESULT"),
        ], ifEmpty: "No period was ever closed."
      ) { add in
        try book.verifyPeriodCloses(of: period) { close, differences in
          if !differences.isEmpty { problems += 1 }
          try add(Self.record(of: close, differences)) {
            [
              close.period.text, "\(close.position)", close.status,
              differences.isEmpty ? "ok" : differences.map(\.text).joined(separator: "; "),
            ]
          }
        }
      }
      if problems > 0 { throw ExitCode(ExitStatus.badData) }
    }

    private static func record(
      of close: PeriodClose, _ differences: [PeriodDifference]
    ) -> Record {
      let values: [JSONValue] = [
        .string(close.period.text), .string(close.through.description),
        .integer(close.position), .string(close.status), .bool(differences.isEmpty),
        .array(differences.map { .object($0.record) }),
      ]
      return zip(columns, values).map { JSONMember($0, $1) }
    }
  }
}

extension PeriodDifference {
  fileprivate var record: Record {
    [
      JSONMember("name", .string(name)), JSONMember("closed", .string(closed)),
      JSONMember("found", .string(found)),
    ]
  }

  fileprivate var text: String { "\(name): closed \(closed), found \(found)" }
}
