import ArgumentParser
import JSONText
import LedgerKit

extension LedgerCommand.Projections {
  /// Rebuilds projections.
  struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rebuild",
      abstract: "Make projections anew from all events, while others write and read.",
      discussion: """
        New tables are filled beside the old ones, which answer until the new ones take their place \
        in one transaction. A rebuild that is killed leaves the old tables as they are; run it \
        again. No event is sent anywhere a second time.

        Example:
          ledger projections rebuild
          ledger projections rebuild account_balances
        """)

    @Argument(help: "The projections (default: all).")
    var names: [String] = []

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let names = try Ledger.storedProjections(names)
      let book = try ledger.openForWriting()
      let line = ProgressLine()
      var events: Int64 = 0
      try book.rebuildProjections(names) { done, total in
        events = total
        line.update(done: done, of: total, "events")
      }
      line.erase()
      let record = [
        JSONMember("rebuilt", .array(names.map { .string($0) })),
        JSONMember("position", .integer(events)),
      ]
      try output.print(record, to: target) {
        "Rebuilt \(names.joined(separator: ", ")) from \(events) events.\n"
      }
    }
  }
}
