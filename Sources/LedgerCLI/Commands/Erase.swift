import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Erases text about people.
  struct Erase: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "erase",
      abstract: "Erase text about people: holders, descriptions and reasons.",
      discussion: """
        By positions: the text of each event, and the reason of its commit. By account: every holder \
        and description of the account, and every reason given with its events; what the other \
        account of a transfer says about it stays. All of it or nothing.

        The text is gone from the file, and no program can bring it back. That it was erased, by \
        whom, when and why is recorded, so don't repeat the text in the reason. Nothing else \
        changes: no amount, no account id, no time, and every hash still verifies.

        Not touched are copies: backups, exports and older formats of the file. They are yours to \
        delete. An export from before the erasure is refused by this ledger; loaded into an empty \
        one, it makes the ledger as it was: erase there again.

        Repeating it is harmless. Exit status 75 if another program kept old pages from being \
        overwritten: run the same command again.

        Example:
          ledger erase 17 18 --reason "Request 2026-114"
          ledger erase --account acct-42 --reason "Request 2026-115" --dry-run
        """)

    @Argument(help: ArgumentHelp("Global positions of events.", valueName: "position"))
    var positions: [Word] = []

    @Option(help: "All text of this account.")
    var account: [Word] = []

    @Option(help: "Why, for the audit trail.")
    var reason: String

    @OptionGroup var recording: RecordingOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard account.isEmpty != positions.isEmpty else {
        throw ValidationError(
          "name positions, or an --account\(account.isEmpty ? "" : ", not both")")
      }
      guard account.count < 2 else {
        throw ValidationError("name one --account, and run it again for the next")
      }
      for word in positions where word.position == nil {
        throw ValidationError("'\(word.text)' is no position; write a number such as 17")
      }
      try WriteOptions.refuseEmpty([("--reason", reason)])
    }

    func run() throws {
      let request = try request()
      let target = try output.open(for: ledger)
      let dryRun = recording.dryRun
      let book = try ledger.openForWriting(
        acceptsClockBehind: recording.acceptClock, isDryRun: dryRun)
      let receipt = dryRun ? try book.rehearse(request) : try book.erase(request)
      try output.print(receipt.record(isDryRun: dryRun), to: target) {
        receipt.text(isDryRun: dryRun)
      }
      if let residue = receipt.residue {
        throw UnfinishedErasure(path: ledger.resolvedPath, residue: residue)
      }
    }

    private func request() throws -> ErasureRequest {
      let target: ErasureRequest.Target =
        if let account = account.first {
          .account(try AccountID(account.text))
        } else {
          .positions(positions.compactMap(\.position))
        }
      var request = ErasureRequest(
        target, actor: WriteOptions.actor(recording.actor), reason: reason)
      request.correlationID = recording.correlationID
      request.causationID = recording.causationID
      return request
    }
  }
}

/// The text is erased, but pages from before are still in the file or in its log of writes.
struct UnfinishedErasure: Error {
  let path: String
  let residue: Residue
}

extension ErasureReceipt {
  /// The receipt as scripts read it.
  fileprivate func record(isDryRun: Bool) -> Record {
    var record: Record = [
      JSONMember("command", .string("erase")), JSONMember("replayed", .bool(isReplay)),
    ]
    if isDryRun { record.append(JSONMember("dryRun", .bool(true))) }
    record += [
      JSONMember("ledgerId", .string(ledgerID)), JSONMember("position", .integer(position)),
      JSONMember("recordedAt", .string(recordedAt.description)),
      JSONMember("correlationId", .string(correlationID)),
      JSONMember("headHash", .string(headHash.hex)), JSONMember("erased", Self.list(erased)),
      JSONMember("reasons", Self.list(reasons)), JSONMember("notErasable", Self.list(notErasable)),
    ]
    if isDryRun { record.append(JSONMember("events", .array([.object(event.record)]))) }
    return record
  }

  private static func list(_ positions: [Int64]) -> JSONValue {
    .array(positions.map { .integer($0) })
  }

  /// The receipt as people read it.
  fileprivate func text(isDryRun: Bool) -> String {
    if isReplay {
      return "Nothing was left to erase: it is erased since position \(position), "
        + "recorded \(recordedAt).\n"
    }
    var lines = ["\(isDryRun ? "Would be: " : "")Erased \(counts)."]
    if !erased.isEmpty { lines.append("  text at \(PositionList.text(erased))") }
    if !reasons.isEmpty { lines.append("  reason at \(PositionList.text(reasons))") }
    lines.append("  position \(position), recorded \(recordedAt)")
    lines.append("Backups and exports made before may still hold it; they are yours to delete.")
    return lines.joined(separator: "\n") + "\n"
  }

  private var counts: String {
    func count(_ number: Int, _ noun: String) -> String? {
      number == 0 ? nil : "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
    return [count(erased.count, "text"), count(reasons.count, "reason")].compactMap(\.self)
      .joined(separator: " and ")
  }
}
