import ArgumentParser
import EventStore
import LedgerDomain
import LedgerKit

/// A subcommand that asks for one command and prints its receipt.
protocol WritingCommand: ParsableCommand {
  var ledger: LedgerOptions { get }
  var write: WriteOptions { get }
  var output: OutputOptions { get }
  var expectedVersionTo: ExpectedVersion { get }

  /// What is asked for.
  func command() throws -> Command
  /// What was done, for people.
  var summary: String { get }
}

extension WritingCommand {
  var expectedVersionTo: ExpectedVersion { .any }

  func run() throws {
    let command = try command()
    let target = try output.open(for: ledger)
    let book = try ledger.openForWriting(
      acceptsClockBehind: write.acceptClock, isDryRun: write.dryRun)
    let options = try write.commandOptions(on: book, expectedVersionTo: expectedVersionTo)
    let receipt =
      write.dryRun ? try book.rehearse(command, options) : try book.perform(command, options)
    try output.print(receipt.record(isDryRun: write.dryRun), to: target) {
      receipt.text(summary, isDryRun: write.dryRun)
    }
  }
}

/// An amount as words: a number, and perhaps a currency after it.
struct AmountArguments: ParsableArguments {
  @Argument(help: "A decimal amount, such as 25.00.")
  var amount: Word

  @Argument(help: "The amount's currency, such as USD; it must be the account's.")
  var currency: Word?

  var value: Amount { Amount(amount.text, currencyCode: currency?.text) }

  var text: String { [amount.text, currency?.text].compactMap(\.self).joined(separator: " ") }
}

/// The text of a description; an empty one is none.
struct DescriptionOption: ParsableArguments {
  @Option(help: "What the movement was for.")
  var description: String?

  var value: String? { description == "" ? nil : description }
}
