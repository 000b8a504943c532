import ArgumentParser
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Takes money out of an account.
  struct Withdraw: WritingCommand {
    static let configuration = CommandConfiguration(
      commandName: "withdraw",
      abstract: "Take money out of an account.",
      discussion: """
        Repeated with the same --idempotency-key, it books nothing twice.

        Example:
          ledger withdraw acct-42 40.00 --description "Cash"
        """)

    @Argument(help: "The account.")
    var account: Word

    @OptionGroup var amount: AmountArguments
    @OptionGroup var description: DescriptionOption
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var write: WriteOptions
    @OptionGroup var output: OutputOptions

    func command() throws -> Command {
      .withdraw(
        amount.value, from: try AccountID(account.text), description: description.value)
    }

    var summary: String { "Withdrew \(amount.text) from \(account.text)." }
  }
}
