import ArgumentParser
import EventStore
import JSONText
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

        Exit status 65 if anything is wrong, with the first bad position.

        Example:
          ledger verify
        """)

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      do {
        let found = try ledger.openForReading().verify()
        let record: Record = [
          JSONMember("ok", .bool(true)), JSONMember("commits", .integer(found.commits)),
          JSONMember("events", .integer(found.events)),
          JSONMember("headHash", .string(found.headHash.hex)),
        ]
        try output.print(record, to: target) {
          "OK: \(found.commits) commits, \(found.events) events\n  head \(found.headHash)\n"
        }
      } catch StoreFileError.damaged(_, let position, let problem) {
        let record: Record = [
          JSONMember("ok", .bool(false)), JSONMember("position", .number(position)),
          JSONMember("problem", .string(problem)),
        ]
        let place = position.map { " at position \($0)" } ?? ""
        try output.print(record, to: target) { "NOT OK\(place): \(problem)".visible + "\n" }
        throw ExitCode(ExitStatus.badData)
      }
    }
  }
}
