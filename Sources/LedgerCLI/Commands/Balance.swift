import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Says where an account stands.
  struct Balance: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "balance",
      abstract: "Show an account's balance.",
      discussion: """
        Example:
          ledger balance acct-42
        """)

    @Argument(help: "The account.")
    var account: Word

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try AccountID(account.text)
      let summary = try ledger.openForReading().balance(of: account)
      let record: Record = [
        JSONMember("accountId", .string(summary.accountID.text)),
        JSONMember("currency", .string(summary.balance.currency.code)),
        JSONMember("balance", .string(summary.balance.decimal)),
        JSONMember("status", .string(AccountStatus(isClosed: summary.isClosed).rawValue)),
        JSONMember("version", .integer(summary.version)),
        JSONMember("position", .integer(summary.position)),
      ]
      try output.print(record, to: target) {
        "\(account)  \(summary.balance.text)\(summary.isClosed ? "  (closed)" : "")\n"
      }
    }
  }
}
