import ArgumentParser
import EventStore
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Moves money between two accounts: both legs or neither.
  struct Transfer: WritingCommand {
    static let configuration = CommandConfiguration(
      commandName: "transfer",
      abstract: "Move money from one account to another.",
      discussion: """
        Both accounts change or neither does. Repeated with the same --idempotency-key, it moves \
        nothing twice.

        Example:
          ledger transfer acct-42 acct-99 500.00 --description "Rent payment"
        """)

    @Argument(help: "The account that pays.")
    var from: Word

    @Argument(help: "The account that is paid.")
    var to: Word

    @OptionGroup var amount: AmountArguments
    @OptionGroup var description: DescriptionOption
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var write: WriteOptions

    @Option(
      help: ArgumentHelp(
        "Like --expected-version, for the account that is paid.", valueName: "version"))
    var expectedVersionTo: ExpectedVersion = .any

    @OptionGroup var output: OutputOptions

    func command() throws -> Command {
      .transfer(
        amount.value, from: try AccountID(from.text), to: try AccountID(to.text),
        description: description.value)
    }

    var summary: String { "Transferred \(amount.text) from \(from.text) to \(to.text)." }
  }
}
