import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Dumps the audit trail.
  struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "audit",
      abstract: "Show who did what, when and why.",
      discussion: """
        Every event in the order of recording, of one account or of the whole ledger.

        Example:
          ledger audit acct-42
          ledger audit --after 1200 --format ndjson
        """)

    @Argument(help: "The account (default: all).")
    var account: Word?

    @Option(help: ArgumentHelp("Only events after this global position.", valueName: "position"))
    var after: Int64?

    @Option(help: ArgumentHelp("Show only the first events.", valueName: "n"))
    var limit: Int?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
      guard after ?? 0 >= 0 else { throw ValidationError("--after takes a position, 0 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let query = AuditQuery(
        account: try account.map { try AccountID($0.text) }, after: after, limit: limit)
      let book = try ledger.openForReading()
      let table: [TextTable.Column] = [
        .init(title: "POSITION", isNumber: true), .init(title: "RECORDED"), .init(title: "STREAM"),
        .init(title: "EVENT"), .init(title: "AMOUNT", isNumber: true), .init(title: "WHO"),
        .init(title: "DESCRIPTION"), .init(title: "REASON"),
      ]
      try output.printList(
        to: target, columns: RecordedEvent.columns, table: table, ifEmpty: "There are no events."
      ) { add in
        try book.forEachEvent(query) { event in
          try add(event.record) { Self.row(of: event) }
        }
      }
    }

    private static func row(of event: RecordedEvent) -> [String] {
      let amount = JSONValue.object(event.payload)["amount"]?.string
      let header = event.commit.header
      return [
        "\(event.position)", Instant(micros: header.recordedAtMicros).shortText, event.streamID,
        event.type, amount ?? "", header.actor, event.personalText?.text ?? "",
        event.commit.reason?.text ?? "",
      ]
    }
  }
}
