import ArgumentParser
import LedgerKit

extension LedgerCommand.Alerts {
  /// Acknowledges an alert.
  struct Acknowledge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ack",
      abstract: "Say that somebody has seen an alert, and why it is settled.",
      discussion: """
        Example:
          ledger alerts ack large@1234 --reason "Checked with the customer"
        """)

    @Argument(help: "The alert, as listed: RULE@POSITION.")
    var alert: Word

    @Option(help: "Why it is settled, for the audit trail.")
    var reason: String?

    @OptionGroup var recording: RecordingOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      try WriteOptions.refuseEmpty([("--reason", reason)])
      _ = try action()
    }

    private func action() throws -> AlertRequest.Action {
      let parts = alert.text.split(separator: "@", omittingEmptySubsequences: false)
      guard parts.count == 2, let position = Int64(parts[1]), position > 0 else {
        throw ValidationError(
          "'\(alert.text)' names no alert; write it as 'ledger alerts' does, such as large@1234")
      }
      return .acknowledge(rule: String(parts[0]), position: position)
    }

    func run() throws {
      try recording.perform(try action(), reason: reason, on: ledger, output) {
        "Acknowledged \(alert.text)."
      }
    }
  }
}

extension RecordingOptions {
  /// Lets `ledger` record a decision about alerts, and prints the receipt: `deed` for people.
  func perform(
    _ action: AlertRequest.Action, reason: String?, on ledger: LedgerOptions,
    _ output: OutputOptions, deed: () -> String
  ) throws {
    let target = try output.open(for: ledger)
    let book = try ledger.openForWriting(acceptsClockBehind: acceptClock, isDryRun: dryRun)
    var request = AlertRequest(action, actor: WriteOptions.actor(actor))
    request.reason = reason
    request.correlationID = correlationID
    request.causationID = causationID
    let receipt = dryRun ? try book.rehearse(request) : try book.perform(request)
    try output.print(receipt.record(isDryRun: dryRun), to: target) {
      (dryRun ? "Would be: " : "") + deed().visible
        + "\n  position \(receipt.position), recorded \(receipt.recordedAt)\n"
    }
  }
}
