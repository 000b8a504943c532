import ArgumentParser
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Months and days that are over, and settled.
  struct Periods: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "period",
      abstract: "Close months and days, so that nothing is recorded in them any more.",
      discussion: """
        A close is a watermark: afterwards every command that counts at or before the period's end \
        is refused. It stores what the book added up to, so that anybody can check later that the \
        past is still the same. The latest close can be reopened, with a reason.
        """,
      subcommands: [Close.self, Reopen.self, List.self, Verify.self])
  }
}

/// A period as a word.
enum PeriodArgument {
  static let help = ArgumentHelp("A month or a day, UTC: 2026-03 or 2026-03-31.")

  /// Throws `ValidationError` for any other text.
  static func period(_ word: Word) throws -> Period {
    guard let period = Period(word.text) else {
      throw ValidationError(
        "'\(word.text)' is no period; write a month such as 2026-03, or a day such as 2026-03-31")
    }
    return period
  }
}

extension RecordingOptions {
  /// Lets `ledger` perform what is asked for, and prints the receipt.
  func perform(
    _ action: PeriodRequest.Action, on ledger: LedgerOptions, _ output: OutputOptions
  ) throws {
    let target = try output.open(for: ledger)
    let book = try ledger.openForWriting(acceptsClockBehind: acceptClock, isDryRun: dryRun)
    var request = PeriodRequest(action, actor: WriteOptions.actor(actor))
    request.correlationID = correlationID
    request.causationID = causationID
    let receipt = dryRun ? try book.rehearse(request) : try book.perform(request)
    try output.print(receipt.record(isDryRun: dryRun), to: target) {
      receipt.text(isDryRun: dryRun)
    }
  }
}
