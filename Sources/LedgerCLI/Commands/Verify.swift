import ArgumentParser
import EventStore
import JSONText
import LedgerImport
import LedgerKit

extension LedgerCommand {
  /// Proves that the file is whole.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Check that nobody edited the ledger and that all of it agrees.",
      discussion: """
        Checks the schema and its guards, every hash of the chain, dense positions, increasing times, \
        the rules that every event had to pass, each projection against its events, and the totals.

        With --from, everything recorded up to that position is trusted, as somebody checked it \
        before: the ledger's id, hashes, rules and text. Balances are still compared with all events.

        With --against it also checks that the ledger still holds the history of checkpoints or \
        receipts that you kept: only they show that the end was cut off, or all of it written anew. \
        Of a receipt, position and head hash are compared; of a dump (audit --with-checkpoint, in \
        NDJSON), the checkpoint at its end and none of its events. What is trusted by --from is not \
        hashed again. A file may be -, for standard input.

        Exit status 65 if anything is wrong, with the first bad position.

        Example:
          ledger verify
          ledger verify --from 48210
          ledger verify --against checkpoints.txt
        """)

    @Option(
      help: ArgumentHelp(
        "Trust the hashes and rules up to the commit that ends there.", valueName: "position"))
    var from: Int64?

    @Option(
      help: ArgumentHelp(
        "A file of checkpoints, or of receipts in JSON, that the ledger must still hold.",
        valueName: "file"))
    var against: [String] = []

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard from ?? 0 >= 0 else { throw ValidationError("--from takes a position, or 0") }
      guard against.count(where: { $0 == "-" }) < 2 else {
        throw ValidationError("standard input can be read once")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger, inputs: against)
      let notes = try against.map(NotesFile.init(path:))
      let heads = notes.flatMap(\.heads)
      let fromMember = from.map { [JSONMember("from", .integer($0))] } ?? []
      do {
        let found = try verify(against: heads)
        let record: Record =
          [
            JSONMember("ok", .bool(true)), JSONMember("commits", .integer(found.commits)),
            JSONMember("events", .integer(found.events)),
            JSONMember("headHash", .string(found.headHash.hex)),
          ] + fromMember
          + (against.isEmpty ? [] : [JSONMember("against", .integer(Int64(heads.count)))])
        let start = from.map { ", from position \($0)" } ?? ""
        try output.print(record, to: target) {
          "OK: \(found.commits) commits, \(found.events) events\(start)\n  head \(found.headHash)\n"
            + (notes.isEmpty ? "" : notes.heldText)
        }
      } catch StoreFileError.damaged(_, let position, let problem) {
        let record: Record =
          [
            JSONMember("ok", .bool(false)), JSONMember("position", .number(position)),
            JSONMember("problem", .string(problem)),
          ] + fromMember
        let place = position.map { " at position \($0)" } ?? ""
        try output.print(record, to: target) { "NOT OK\(place): \(problem)".visible + "\n" }
        throw ExitCode(ExitStatus.badData)
      }
    }

    private func verify(against heads: [NotedHead]) throws -> Verification {
      let line = ProgressLine()
      defer { line.erase() }
      return try ledger.openForReading().verify(from: from ?? 0, against: heads) { done, total in
        line.update(done: done, of: total, "events")
      }
    }
  }
}
