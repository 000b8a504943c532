import ArgumentParser
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Changes what is known about an account.
  struct Change: WritingCommand {
    static let configuration = CommandConfiguration(
      commandName: "change",
      abstract: "Change an account's holder or overdraft limit.",
      discussion: """
        What is not named stays as it is.

        Example:
          ledger change acct-42 --overdraft-limit 250.00
        """)

    @Argument(help: "The account.")
    var account: Word

    @Option(help: "Whose account it is.")
    var holder: String?

    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("How far below zero it may go.", valueName: "amount"))
    var overdraftLimit: String?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var write: WriteOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard holder != nil || overdraftLimit != nil else {
        throw ValidationError("say what to change: --holder or --overdraft-limit")
      }
      guard holder != "" else { throw ValidationError("--holder takes a text that is not empty") }
    }

    func command() throws -> Command {
      .change(
        try AccountID(account.text), overdraftLimit: overdraftLimit.map { Amount($0) },
        holder: holder)
    }

    var summary: String { "Changed \(account.text)." }
  }
}
