import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Shows how much there is.
  struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stats",
      abstract: "Show how much is in the ledger, what happened lately, and how its file is.",
      discussion: """
        Days are those of recording, UTC. IN is money from outside, OUT money to outside; what is \
        transferred stays inside.

        Example:
          ledger stats
          ledger stats --days 7 --format json
        """)

    @Option(help: ArgumentHelp("How many days to show.", valueName: "n"))
    var days = 30

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (1...3_660).contains(days) else { throw ValidationError("--days takes 1 to 3660") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      let today = CalendarDay(of: try book.now())
      let shown = (0..<days).reversed().map { today.minus(days: $0) }
      let line = ProgressLine()
      let found = try book.statistics(from: shown[0]) {
        line.update(done: $0, of: $1, "events")
      }
      line.erase()
      switch output.format {
      case .text:
        try target.write(StatsPage(found, days: shown, path: ledger.resolvedPath).text)
        try target.finish()
      case .json: try output.print(found.record, to: target) { "" }
      case .ndjson, .csv:
        try output.printList(
          to: target, columns: Statistics.Activity.columns, table: [], ifEmpty: ""
        ) { add in for day in found.days { try add(day.record) { [] } } }
      }
    }
  }
}

extension CalendarDay {
  fileprivate func minus(days: Int) -> CalendarDay {
    (0..<days).reduce(self) { day, _ in day.previous }
  }
}

extension Statistics {
  fileprivate var record: Record {
    [
      JSONMember("ledgerId", .string(ledgerID)), JSONMember("commits", .integer(commits)),
      JSONMember("position", .integer(position)),
      JSONMember("lastRecordedAt", .text(lastRecordedAt?.description)),
      JSONMember("totals", .array(totals.map { .object(Array($0.record.dropFirst())) })),
      JSONMember("days", .array(days.map { .object($0.record) })),
      JSONMember("file", .object(file.record)),
      JSONMember(
        "projections",
        .array(
          projections.map { status in
            .object([
              JSONMember("name", .string(status.name)),
              JSONMember("lifecycle", .string(status.lifecycle)),
              JSONMember("lag", .number(status.lag)),
              JSONMember("problem", .text(status.problem)),
            ])
          })),
    ]
  }
}

extension Statistics.Activity {
  fileprivate static let columns = [
    "day", "currency", "events", "opened", "closed", "deposits", "withdrawals", "transfers",
    "deposited", "withdrawn", "transferred",
  ]

  fileprivate var record: Record {
    let values: [JSONValue] = [
      .text(day), .text(currency?.code), .integer(events), .integer(opened), .integer(closed),
      .integer(deposits), .integer(withdrawals), .integer(transfers),
      .text(decimal(depositedMinor)),
      .text(decimal(withdrawnMinor)), .text(decimal(transferredMinor)),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  /// Nil where there is no currency.
  func decimal(_ minorUnits: Int128) -> String? {
    currency.map { CurrencyTotal(currency: $0, minorUnits: minorUnits).decimal }
  }
}

extension StoreStatistics {
  fileprivate var record: Record {
    [
      JSONMember("format", .integer(format)), JSONMember("fileBytes", .integer(fileBytes)),
      JSONMember("logBytes", .integer(logBytes)), JSONMember("pageBytes", .integer(pageBytes)),
      JSONMember("freePages", .integer(freePages)),
      JSONMember("journalMode", .string(journalMode)),
      JSONMember("durability", .string(durability.word)),
      JSONMember("logPagesBeforeCheckpoint", .integer(logPagesBeforeCheckpoint)),
      JSONMember("logBytesKept", .integer(logBytesKept)),
    ]
  }
}

extension EventStore.Durability {
  /// The word for it in `stats`.
  var word: String {
    switch self {
    case .full: "full"
    case .normal: "normal"
    }
  }
}
