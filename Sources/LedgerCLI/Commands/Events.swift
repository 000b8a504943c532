import ArgumentParser
import EventStore
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Reads the log itself.
  struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "events",
      abstract: "Read the log: any part of it, in either direction.",
      discussion: """
        All conditions must hold. Events come as of one moment and in the current version of their \
        type; with --raw as they are stored, their data as the very text in the file.

        To poll, remember the last globalPosition and ask for what comes --after it.

        Example:
          ledger events --stream BankAccount-acct-42
          ledger events --type MoneyWithdrawn --actor user-5 --since 2026-03
          ledger events --after 1200 --limit 100 --format ndjson
          ledger events --backwards --limit 10
        """)

    @Option(help: "Only this stream, such as BankAccount-acct-42.")
    var stream: String?

    @Option(help: "Only streams whose names begin with this.")
    var streamPrefix: String?

    @Option(
      name: .customLong("type"),
      help: "Only events of this type, such as MoneyDeposited; may be repeated.")
    var types: [String] = []

    @Option(help: "Only what this actor asked for.")
    var actor: String?

    @Option(help: "Only commits with this correlation id.")
    var correlationID: String?

    @Option(help: ArgumentHelp("Only events after this global position.", valueName: "position"))
    var after: Int64?

    @Option(help: ArgumentHelp("Only events up to this global position.", valueName: "position"))
    var through: Int64?

    @Option(
      help: ArgumentHelp(
        "Only what was recorded at or after: an instant, or the start of a date or month.",
        valueName: "instant"))
    var since: String?

    @Option(
      help: ArgumentHelp(
        "Only what was recorded at or before: an instant, or the end of a date or month.",
        valueName: "instant"))
    var until: String?

    @Flag(help: "The last first.")
    var backwards = false

    @Option(help: ArgumentHelp("Show only the first of them.", valueName: "n"))
    var limit: Int?

    @Flag(help: "Show events as they are stored, whatever their version.")
    var raw = false

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
      guard after ?? 0 >= 0, through ?? 0 >= 0 else {
        throw ValidationError("--after and --through take a position, 0 or more")
      }
      guard stream == nil || streamPrefix == nil else {
        throw ValidationError("--stream names one stream, --stream-prefix several; choose one")
      }
      // With --raw, anything may stand in the file.
      for type in types where !raw && !Ledger.eventTypes.contains(type) {
        throw ValidationError(
          "there is no event type '\(type)'; use \(Ledger.eventTypes.joined(separator: ", "))")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      try output.printEvents(try query(on: book), of: book, to: target)
    }

    private func query(on book: Ledger) throws -> EventQuery {
      var query = EventQuery(streamID: stream)
      query.streamPrefix = streamPrefix
      query.types = types.isEmpty ? nil : types
      query.actor = actor
      query.correlationID = correlationID
      query.after = after
      query.through = through
      let now = try book.now()
      query.recordedFromMicros = try since.map {
        try Instant(parsing: $0, edge: .start, now: now).micros
      }
      query.recordedThroughMicros = try until.map {
        try Instant(parsing: $0, edge: .end, now: now).micros
      }
      query.isReversed = backwards
      query.limit = limit
      query.isRaw = raw
      return query
    }
  }
}
