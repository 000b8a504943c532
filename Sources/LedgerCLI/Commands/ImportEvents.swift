import ArgumentParser
import EventStore
import JSONText
import LedgerImport
import LedgerKit

extension LedgerCommand.Import {
  /// Loads an exported ledger.
  struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "events",
      abstract: "Load a file of 'ledger export events' into an empty ledger.",
      discussion: """
        The ledger takes over the id, the recorded times, the keys and every byte of the file: it \
        ends with the same head hash. Every hash is computed again, and the first that differs \
        is refused with its line; then nothing was loaded.

        What 'ledger erase' has erased is missing in the file, and must be named by an erasure later \
        in it. A text that a line still has and a later erasure names is erased on the way. A file \
        that was exported before an erasure makes the ledger as it was then: erase there again.

        Example:
          ledger init --db copy.db
          ledger import events ledger.ndjson --db copy.db
          ledger verify --db copy.db
        """)

    @Argument(help: "The file, or - for standard input.")
    var file: Word

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger, inputs: [file.text])
      let book = try ledger.openForWriting()
      let (head, residue) = try EventsImport(path: file.text).run(on: book)
      let record: Record = [
        JSONMember("ledgerId", .string(book.id)),
        JSONMember("commits", .integer(head.commitNumber)),
        JSONMember("position", .integer(head.position)),
        JSONMember("headHash", .string(head.hash.hex)),
      ]
      try output.print(record, to: target) {
        "Loaded \(head.commitNumber) commits of ledger \(book.id), up to position \(head.position).\n"
          + "  head \(head.hash)\n"
      }
      if let residue { throw UnfinishedErasure(path: ledger.resolvedPath, residue: residue) }
    }
  }
}
