import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand.Snapshots {
  /// Takes snapshots.
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create",
      abstract: "Take snapshots of accounts as they stand.",
      discussion: """
        Accounts without events since their newest snapshot are left out. Other programs may write \
        meanwhile, so that it can run in the background, from cron for example.

        Example:
          ledger snapshot create acct-42
          ledger snapshot create --all --older-than 1d
        """)

    @Argument(help: "The accounts.")
    var accounts: [Word] = []

    @Flag(help: "All accounts.")
    var all = false

    @Option(
      help: ArgumentHelp(
        "Only accounts whose newest snapshot is older: 30s, 15m, 12h or 7d.",
        valueName: "duration"))
    var olderThan: DurationArgument?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard all != !accounts.isEmpty else {
        throw ValidationError("name accounts, or say --all\(all ? ", not both" : "")")
      }
      guard all || olderThan == nil else { throw ValidationError("--older-than goes with --all") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let accounts = try accounts.map { try AccountID($0.text) }
      let book = try ledger.openForWriting()
      guard try book.snapshotPolicy().isEnabled else {
        throw UsageError(
          message: "snapshots are switched off; switch them on with: "
            + "ledger snapshot settings --use on")
      }
      var created = 0
      if all {
        let before = try olderThan.map { Instant(micros: try book.now().micros - $0.micros) }
        created = try book.takeSnapshots(takenBefore: before)
      } else {
        created = try book.takeSnapshots(of: accounts)
      }
      try output.print([JSONMember("created", .integer(Int64(created)))], to: target) {
        "Took \(created) snapshot\(created == 1 ? "" : "s").\n"
      }
    }
  }
}
