import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand.Snapshots {
  /// Lists snapshots.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the snapshots of one account or of all.",
      discussion: """
        Example:
          ledger snapshot list acct-42
        """)

    @Argument(help: "The account (default: all).")
    var account: Word?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try account.map { try AccountID($0.text) }
      let book = try ledger.openForReading()
      try output.printList(
        to: target, columns: Snapshot.columns,
        table: [
          .init(title: "STREAM"), .init(title: "VERSION", isNumber: true),
          .init(title: "POSITION", isNumber: true), .init(title: "TAKEN"),
          .init(title: "BYTES", isNumber: true),
        ], ifEmpty: "There are no snapshots."
      ) { add in
        try book.forEachSnapshot(of: account) { snapshot in
          try add(snapshot.record) {
            [
              snapshot.streamID, "\(snapshot.streamPosition)", "\(snapshot.position)",
              Instant(micros: snapshot.takenAtMicros).shortText, "\(snapshot.state.count)",
            ]
          }
        }
      }
    }
  }
}

extension Snapshot {
  /// The names of a snapshot's values, as in `record`.
  static let columns = ["streamId", "version", "position", "stateVersion", "takenAt", "bytes"]

  /// The snapshot as scripts read it, its state left out.
  var record: Record {
    let values: [JSONValue] = [
      .string(streamID), .integer(streamPosition), .integer(position), .integer(stateVersion),
      .string(Instant(micros: takenAtMicros).description), .integer(Int64(state.count)),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }
}
