import EventStore
import LedgerDomain
import LedgerKit

/// A list of a feed's events, written as it comes: as JSON, or for people what outsiders are told.
struct FeedList {
  private static let table: [TextTable.Column] = [
    .init(title: "POSITION", isNumber: true), .init(title: "RECORDED"), .init(title: "EVENT"),
    .init(title: "ABOUT"), .init(title: "AMOUNT", isNumber: true), .init(title: "WHO"),
    .init(title: "TEXT"),
  ]

  private let format: OutputFormat
  private let output: Output
  private var writer: FeedWriter
  private var table: TextTable
  private var records: RecordList
  private var isEmpty = true

  init(
    _ feed: FeedOptions, _ format: OutputFormat, on output: Output, isColored: Bool,
    ledgerID: String
  ) {
    (self.format, self.output) = (format, output)
    writer = FeedWriter(feed, ledgerID: ledgerID)
    table = TextTable(Self.table, on: output, isColored: isColored)
    records = RecordList(format, on: output)
  }

  /// Adds a stored event; not as text.
  mutating func add(_ event: RecordedEvent, reversedBy: Int64?) throws {
    try records.add(json: writer.line(of: event, reversedBy: reversedBy).json)
  }

  /// Adds what outsiders are told.
  mutating func add(_ event: IntegrationEvent) throws {
    isEmpty = false
    if format == .text {
      try table.add(event.row)
    } else {
      try records.add(json: writer.line(of: event).json)
    }
  }

  /// Writes what waits for its columns to be measured, if anything does.
  mutating func showAll() throws { try table.showAll() }

  mutating func finish() throws {
    guard format == .text else { return try records.finish(columns: []) }
    try table.finish()
    if isEmpty { try output.write("There are no events.\n") }
  }
}

extension OutputOptions {
  /// Writes what `feed` tells of the events that `query` asks for and whose amount is one of
  /// `amounts`.
  func printFeed(
    _ feed: FeedOptions, _ query: EventQuery, amounts: AmountRange?, of book: Ledger,
    to output: Output
  ) throws {
    var list = FeedList(
      feed, format, on: output, isColored: isColored(output), ledgerID: book.id)
    if feed.integration {
      try book.forEachIntegrationEvent(query, amounts: amounts) { try list.add($0) }
    } else {
      let links = try book.linkLookup(for: query)
      try book.forEachEvent(query, amounts: amounts) {
        try list.add($0, reversedBy: links.links(of: $0).reversedBy)
      }
    }
    try list.finish()
    try output.finish()
  }

  /// Writes the same, and then what `feed` tells of what is recorded from now on, as soon as it is. None says
  /// that it was reversed later.
  ///
  /// Throws `ClosedPipe` once nobody reads it any more.
  func followFeed(
    _ feed: FeedOptions, _ query: EventQuery, amounts: AmountRange?, of book: Ledger,
    to output: Output
  ) throws {
    var list = FeedList(
      feed, format, on: output, isColored: isColored(output), ledgerID: book.id)
    try follow(query, of: book, on: output, show: { try list.showAll() }) { part in
      var count = 0
      if feed.integration {
        try book.forEachIntegrationEvent(part, amounts: amounts) { event in
          count += 1
          try list.add(event)
        }
      } else {
        try book.forEachEvent(part, amounts: amounts) { event in
          count += 1
          try list.add(event, reversedBy: nil)
        }
      }
      return count
    }
    try list.showAll()
    try output.finish()
  }
}

extension IntegrationEvent {
  /// The event's row for people.
  fileprivate var row: [String] {
    [
      "\(position)", Instant(micros: commit.header.recordedAtMicros).shortText, kind.rawValue,
      about, amount?.text ?? "", commit.header.actor, shownText ?? "",
    ]
  }

  private var about: String {
    switch fact {
    case .transferCompleted(let transfer): "\(transfer.payer) -> \(transfer.payee)"
    case .personalTextErased(let positions):
      positions.map { "\($0)" }.joined(separator: " ")
    case .accountOpened, .accountChanged, .accountClosed, .moneyDeposited, .moneyWithdrawn,
      .periodClosed, .periodReopened:
      subject ?? ""
    }
  }

  private var amount: Money? {
    switch fact {
    case .moneyDeposited(_, let movement), .moneyWithdrawn(_, let movement): movement.amount
    case .transferCompleted(let transfer): transfer.amount
    case .accountOpened, .accountChanged, .accountClosed, .periodClosed, .periodReopened,
      .personalTextErased:
      nil
    }
  }
}
