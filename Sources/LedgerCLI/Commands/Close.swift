import ArgumentParser
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Closes an account for ever.
  struct Close: WritingCommand {
    static let configuration = CommandConfiguration(
      commandName: "close",
      abstract: "Close an account that stands at zero.",
      discussion: """
        Nothing can be recorded on it afterwards, and its id is never opened again.

        Example:
          ledger close acct-42 --reason "Moved abroad"
        """)

    @Argument(help: "The account.")
    var account: Word

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var write: WriteOptions
    @OptionGroup var output: OutputOptions

    func command() throws -> Command { .close(try AccountID(account.text)) }

    var summary: String { "Closed \(account.text)." }
  }
}
