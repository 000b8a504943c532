import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand.Snapshots {
  /// Checks snapshots.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Compare snapshots to a fold of the events before them.",
      discussion: """
        Exit status 65 if any differs or is damaged. One whose state was saved by another version of \
        this program is left alone: it is never used.

        Example:
          ledger snapshot verify
        """)

    @Argument(help: "The account (default: all).")
    var account: Word?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try account.map { try AccountID($0.text) }
      let book = try ledger.openForReading()
      var problems = 0
      try output.printList(
        to: target, columns: Snapshot.columns + ["ok", "problem"],
        table: [
          .init(title: "STREAM"), .init(title: "VERSION", isNumber: true), .init(title: "RESULT"),
        ], ifEmpty: "There are no snapshots."
      ) { add in
        try book.verifySnapshots(of: account) { snapshot, problem in
          if problem != nil { problems += 1 }
          let result = [
            JSONMember("ok", .bool(problem == nil)), JSONMember("problem", .text(problem)),
          ]
          try add(snapshot.record + result) {
            [snapshot.streamID, "\(snapshot.streamPosition)", problem ?? "ok"]
          }
        }
      }
      if problems > 0 { throw ExitCode(ExitStatus.badData) }
    }
  }
}
