import ArgumentParser
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Opens an account.
  struct Open: WritingCommand {
    static let configuration = CommandConfiguration(
      commandName: "open",
      abstract: "Open an account.",
      discussion: """
        An id is opened once and never again, even after the account was closed.

        Example:
          ledger open acct-42 --currency USD --holder "Alice Johnson" --overdraft-limit 100.00
        """)

    @Argument(help: "The new account's id: letters, digits and -_.:/@")
    var account: Word

    @Option(help: "An ISO 4217 code, such as USD (default: $LEDGER_CURRENCY).")
    var currency: String?

    @Option(help: "Whose account it is.")
    var holder: String?

    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("How far below zero it may go (default: 0).", valueName: "amount"))
    var overdraftLimit: String?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var write: WriteOptions
    @OptionGroup var output: OutputOptions

    func command() throws -> Command {
      guard let code = currency ?? ProcessEnvironment["LEDGER_CURRENCY"] else {
        throw UsageError(message: "a new account needs a --currency, such as --currency USD")
      }
      guard let currency = Currency(code: code) else { throw Rejection.unknownCurrency(code: code) }
      return .open(
        try AccountID(account.text), currency, overdraftLimit: overdraftLimit.map { Amount($0) },
        holder: holder == "" ? nil : holder)
    }

    var summary: String { "Opened \(account.text)." }
  }
}
