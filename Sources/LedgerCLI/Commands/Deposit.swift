import ArgumentParser
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Puts money into an account.
  struct Deposit: WritingCommand {
    static let configuration = CommandConfiguration(
      commandName: "deposit",
      abstract: "Put money into an account.",
      discussion: """
        Repeated with the same --idempotency-key, it books nothing twice.

        Example:
          ledger deposit acct-42 100.00 --description "Payroll" --idempotency-key payroll-2026-03
        """)

    @Argument(help: "The account.")
    var account: Word

    @OptionGroup var amount: AmountArguments
    @OptionGroup var description: DescriptionOption
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var write: WriteOptions
    @OptionGroup var output: OutputOptions

    func command() throws -> Command {
      .deposit(
        amount.value, to: try AccountID(account.text), description: description.value)
    }

    var summary: String { "Deposited \(amount.text) into \(account.text)." }
  }
}
