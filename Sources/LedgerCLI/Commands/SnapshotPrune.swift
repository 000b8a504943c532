import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand.Snapshots {
  /// Removes snapshots.
  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Remove snapshots.",
      discussion: """
        Commands thin them out by themselves: the older, the sparser. With both --keep and \
        --older-than, only what both let go is removed.

        Example:
          ledger snapshot prune --keep 1
          ledger snapshot prune acct-42 --all
        """)

    @Argument(help: "The account (default: all).")
    var account: Word?

    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("Keep the newest so many of each account.", valueName: "n"))
    var keep: Int?

    @Option(
      help: ArgumentHelp("Remove what is older: 30s, 15m, 12h or 7d.", valueName: "duration"))
    var olderThan: DurationArgument?

    @Flag(help: "Remove all of them.")
    var all = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard all != (keep != nil || olderThan != nil) else {
        throw ValidationError(
          all
            ? "--all removes every snapshot; leave out --keep and --older-than"
            : "say what may go: --keep N, --older-than DURATION, or --all")
      }
      guard keep ?? 0 >= 0 else { throw ValidationError("--keep takes a number, 0 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try account.map { try AccountID($0.text) }
      let book = try ledger.openForWriting()
      let before = try olderThan.map { Instant(micros: try book.now().micros - $0.micros) }
      let pruned = try book.pruneSnapshots(of: account, keep: keep ?? 0, takenBefore: before)
      try output.print([JSONMember("pruned", .integer(Int64(pruned)))], to: target) {
        "Removed \(pruned) snapshot\(pruned == 1 ? "" : "s").\n"
      }
    }
  }
}
