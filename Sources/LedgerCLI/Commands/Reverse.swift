import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerEvents
import LedgerKit

extension LedgerCommand {
  /// Books the opposite of what was recorded.
  struct Reverse: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reverse",
      abstract: "Book the opposite of a deposit, a withdrawal or a transfer, or of a whole import.",
      discussion: """
        Nothing is deleted: the opposite is a booking like any other, under the same rules, and \
        both show each other. POSITION is that of any event of what is to be reversed. Each is \
        reversed once and only once; to book it again, reverse the reversal, which works once too.

        The opposite counts now. With --effective original it counts when what it reverses does, \
        as if that had never been; --known-at still shows what was known before.

        With --correlation-id instead of POSITION, everything that was recorded with it is \
        reversed, the last first: all of it or nothing. What was reversed before is skipped, and \
        accounts that it opened stay open. The new bookings share an id of their own, \
        --new-correlation-id.

        To book what is right, use any command with --corrects POSITION.

        Example:
          ledger reverse 12 --description "Wrong amount"
          ledger reverse 12 --effective original --idempotency-key undo-12
          ledger reverse --correlation-id import-2026-03 --reason "Wrong file" --dry-run
        """)

    @Argument(help: "The global position of what is to be reversed.")
    var position: Word?

    @Option(help: "The id that the new bookings share (default: a new one).")
    var newCorrelationID: String?

    @OptionGroup var description: DescriptionOption
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var write: WriteOptions
    @OptionGroup var output: OutputOptions

    /// The word that stands for the effective time of what is reversed.
    private static let original = "original"

    func validate() throws {
      guard (position == nil) != (write.correlationID == nil) else {
        throw ValidationError(
          position == nil
            ? "name a POSITION, or a --correlation-id for everything that was recorded with it"
            : "POSITION names one booking, --correlation-id all of a group: choose one; what the "
              + "new booking is recorded with is --new-correlation-id")
      }
      if let position, position.position == nil {
        throw ValidationError("'\(position.text)' is no position; write a number such as 17")
      }
      if position == nil {
        guard write.idempotencyKey == nil else {
          throw ValidationError(
            "--idempotency-key names one booking; a group needs none, as it is reversed once anyway"
          )
        }
        guard write.expectedVersion == .any else {
          throw ValidationError("--expected-version is that of one account; a group has many")
        }
      }
      try WriteOptions.refuseEmpty([("--new-correlation-id", newCorrelationID)])
      guard newCorrelationID == nil || newCorrelationID != write.correlationID else {
        throw ValidationError("--new-correlation-id can't be that of what is reversed")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForWriting(
        acceptsClockBehind: write.acceptClock, isDryRun: write.dryRun)
      let keepsEffectiveTime = write.effective == Self.original
      var write = write
      if keepsEffectiveTime { write.effective = nil }
      var options = try write.commandOptions(on: book)
      options.correlationID = newCorrelationID
      if let position = position?.position {
        let reversal = Reversal(
          of: position, keepsEffectiveTime: keepsEffectiveTime, description: description.value)
        try reverse(reversal, options, in: book, target)
      } else if let correlationID = self.write.correlationID {
        let group = GroupReversal(
          correlationID: correlationID, keepsEffectiveTime: keepsEffectiveTime,
          description: description.value)
        try reverse(group, options, in: book, target)
      }
    }

    private func reverse(
      _ reversal: Reversal, _ options: CommandOptions, in book: Ledger, _ target: Output
    ) throws {
      let command = Command.reverse(reversal)
      let receipt =
        write.dryRun ? try book.rehearse(command, options) : try book.perform(command, options)
      let summary = try receipt.reversalSummary
      try output.print(receipt.record(isDryRun: write.dryRun), to: target) {
        receipt.text(summary, isDryRun: write.dryRun)
      }
    }

    private func reverse(
      _ group: GroupReversal, _ options: CommandOptions, in book: Ledger, _ target: Output
    ) throws {
      let receipt =
        write.dryRun ? try book.rehearse(group, options) : try book.reverse(group, options)
      try output.print(receipt.record(isDryRun: write.dryRun), to: target) {
        receipt.text(isDryRun: write.dryRun)
      }
    }
  }
}

extension Receipt {
  /// What a reversal reversed, and which way the money went.
  fileprivate var reversalSummary: String {
    get throws {
      guard let first = events.first, let last = accounts.last,
        let movement = try AccountEvent(first).movement, let reverses, let account = accounts.first
      else {
        throw StoreProblem(position: position, problem: "it reverses something and moves no money")
      }
      let amount = movement.amount.text
      let deed =
        if accounts.count > 1 {
          "transfer at position \(reverses): \(amount) went back from \(account.accountID) to "
            + "\(last.accountID)"
        } else if try AccountEvent(first).signedMinorUnits < 0 {
          "deposit at position \(reverses): \(amount) went out of \(account.accountID)"
        } else {
          "withdrawal at position \(reverses): \(amount) went back into \(account.accountID)"
        }
      guard let rebooks else { return "Reversed the \(deed)." }
      return
        "Reversed the reversing \(deed). What it had reversed, position \(rebooks), counts again."
    }
  }
}

extension GroupReversalReceipt {
  /// The receipt as scripts read it.
  fileprivate func record(isDryRun: Bool) -> Record {
    var record: Record = [JSONMember("command", .string("reverse"))]
    if isDryRun { record.append(JSONMember("dryRun", .bool(true))) }
    return record + [
      JSONMember("ledgerId", .string(ledgerID)),
      JSONMember("reversedCorrelationId", .string(reversedCorrelationID)),
      JSONMember("reversed", .integer(reversed)), JSONMember("skipped", .integer(skipped)),
      JSONMember("accountsLeftOpen", .integer(accountsLeftOpen)),
      JSONMember("position", .integer(position)),
      JSONMember("recordedAt", .string(recordedAt.description)),
      JSONMember("correlationId", .string(correlationID)),
      JSONMember("headHash", .string(headHash.hex)),
      JSONMember("accountsMoved", .integer(accountsMoved)),
      JSONMember("accounts", .array(accounts.map { .object($0.record) })),
    ]
  }

  /// The receipt as people read it.
  fileprivate func text(isDryRun: Bool) -> String {
    let state = isDryRun ? "Would be: " : ""
    var notes: [String] = []
    if skipped > 0 { notes.append("\(skipped) skipped, reversed before or reversals themselves") }
    if accountsLeftOpen > 0 { notes.append("\(count(accountsLeftOpen, "account")) left open") }
    let deed =
      "Reversed \(count(reversed, "booking")) with the correlation id \(reversedCorrelationID)"
    let hidden = accountsMoved - Int64(accounts.count)
    let lines =
      ["\(state)\(([deed] + notes).joined(separator: "; "))."] + accounts.lines
      + (hidden > 0 ? ["  and \(count(hidden, "account")) more"] : [])
      + ["  position \(position), recorded \(recordedAt)", "  correlation id \(correlationID)"]
    return lines.map(\.visible).joined(separator: "\n") + "\n"
  }

  private func count(_ number: Int64, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
