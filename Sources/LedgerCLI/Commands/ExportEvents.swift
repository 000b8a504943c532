import ArgumentParser
import LedgerImport
import LedgerKit

extension LedgerCommand.Export {
  /// Writes the whole log.
  struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "events",
      abstract: "Write every commit, one a line, with all that was hashed.",
      discussion: """
        Newline-delimited JSON, from which 'ledger import events' makes a ledger with the same \
        head hash; exported again, that one gives the same bytes. The file holds all names and \
        descriptions: keep it as safe as the ledger. Every hash is checked on the way. With \
        --format json it is one array, which 'ledger import events' doesn't read.

        Example:
          ledger export events -o ledger.ndjson
        """)

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard output.format != .csv else {
        throw ValidationError("a commit is no row of CSV; leave --format out")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      var list = RecordList(output.format == .text ? .ndjson : output.format, on: target)
      try book.forEachStoredCommit { events in
        try list.add(try CommitLine.record(of: events, in: book.id))
      }
      try list.finish(columns: CommitLine.columns)
      try target.finish()
    }
  }
}
