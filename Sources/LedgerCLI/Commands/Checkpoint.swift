import ArgumentParser
import EventStore
import JSONText
import LedgerImport
import LedgerKit

extension LedgerCommand {
  /// Says what the whole history is now.
  struct Checkpoint: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "checkpoint",
      abstract: "Print one line to keep elsewhere, that shows later whether history was edited.",
      discussion: """
        The line names the ledger, the last position, the head of the hash chain, and size and root of \
        the tree of commits. Keep it where whoever holds the ledger can't change it: in a mail, in git, on \
        paper. It says nothing about what is in the ledger, and checks nothing: run 'ledger verify' \
        before you sign one.

        Example:
          ledger checkpoint >> checkpoints.txt
          ledger verify --against checkpoints.txt
        """)

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let checkpoint = try ledger.openForReading().checkpoint()
      try output.print(CheckpointRecord.record(of: checkpoint), to: target) {
        try CheckpointRecord.printedLine(of: checkpoint) + "\n"
      }
    }
  }
}
