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

        To poll, remember the last globalPosition and ask for what comes --after it. --follow goes \
        on with what any program records from now on, until it is interrupted or nobody reads it.

        With --integration come the events for outsiders, in words that stay when stored events change; \
        --type, --limit and positions are theirs.

        Example:
          ledger events --stream BankAccount-acct-42
          ledger events --type MoneyWithdrawn --actor user-5 --since 2026-03
          ledger events --after 1200 --limit 100 --format ndjson
          ledger events --backwards --limit 10
          ledger events --after 1200 --follow --format ndjson
          ledger events --integration --cloud-events --after 1200 --format ndjson
        """)

    @Option(help: "Only this stream, such as BankAccount-acct-42.")
    var stream: String?

    @Option(help: "Only streams whose names begin with this.")
    var streamPrefix: String?

    @OptionGroup var events: EventOptions

    @Flag(help: "Show events as they are stored, whatever their version.")
    var raw = false

    @Flag(help: "Go on with what is recorded from now on.")
    var follow = false

    @OptionGroup var feed: FeedOptions

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard stream == nil || streamPrefix == nil else {
        throw ValidationError("--stream names one stream, --stream-prefix several; choose one")
      }
      try feed.check(isRaw: raw, output.format)
      if follow {
        guard output.format != .json else {
          throw ValidationError("--follow has no end, and a JSON array needs one; use ndjson")
        }
        guard !events.backwards, events.through == nil, events.until == nil else {
          throw ValidationError("--follow has no end: leave out --backwards, --through and --until")
        }
      }
      // With --raw, anything may stand in the file.
      if !raw { try events.checkTypes(among: feed.types) }
    }

    func run() throws {
      let target = try output.open(for: ledger, isStreamed: follow)
      let amounts = try events.amounts()
      let book = try ledger.openForReading()
      var query = EventQuery(streamID: stream)
      query.streamPrefix = streamPrefix
      query.isRaw = raw
      try events.narrow(&query, on: book)
      switch (feed.isPlain, follow) {
      case (true, false):
        try output.printEvents(query, amounts: amounts, of: book, to: target)
      case (true, true):
        try output.followEvents(query, amounts: amounts, of: book, to: target)
      case (false, false):
        try output.printFeed(feed, query, amounts: amounts, of: book, to: target)
      case (false, true):
        try output.followFeed(feed, query, amounts: amounts, of: book, to: target)
      }
    }
  }
}
