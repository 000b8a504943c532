import ArgumentParser
import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Lists an account's movements.
  struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "history",
      abstract: "List an account's movements with running balances.",
      discussion: """
        In the order in which they count, or with --recorded in that of recording; the balance is \
        the running one in that order. Movements that count at one instant stand as recorded.

        --since and --until are on the clock of the order. Balances carry what stands before.

        Example:
          ledger history acct-42
          ledger history acct-42 --since 2026-01 --until 2026-03
          ledger history acct-42 --recorded --backwards --limit 10
          ledger history acct-42 --known-at 2026-04-05
        """)

    @Argument(help: "The account.")
    var account: Word

    @Flag(help: "In the order of recording instead of the effective one.")
    var recorded = false

    @Option(
      help: ArgumentHelp(
        "Only movements at or after: an instant, or the start of a date or month.",
        valueName: "instant"))
    var since: String?

    @Option(
      help: ArgumentHelp(
        "Only movements at or before: an instant, or the end of a date or month.",
        valueName: "instant"))
    var until: String?

    @Option(
      help: ArgumentHelp(
        "The history as the ledger knew it then: only what was written by then.",
        valueName: "instant"))
    var knownAt: String?

    @Flag(help: "The last first.")
    var backwards = false

    @Option(help: ArgumentHelp("Show only the first of them.", valueName: "n"))
    var limit: Int?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    static let columns = [
      "effectiveAt", "recordedAt", "type", "amount", "balance", "description", "counterparty",
      "transferId", "version", "position", "reverses", "reversedBy", "corrects", "correctedBy",
    ]

    func validate() throws {
      guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try AccountID(account.text)
      let book = try ledger.openForReading()
      let query = try query(on: book)
      let recordedColumn = recorded ? [TextTable.Column(title: "RECORDED")] : []
      try output.printList(
        to: target, columns: Self.columns, table: recordedColumn + Self.table,
        ifEmpty: sentenceIfEmpty(account)
      ) { add in
        try book.forEachMovement(of: account, query) { entry in
          try add(Self.record(of: entry)) {
            (recorded ? [entry.recordedAt.shortText] : []) + Self.row(of: entry)
          }
        }
      }
    }

    private func query(on book: Ledger) throws -> HistoryQuery {
      let now = try book.now()
      var query = HistoryQuery()
      query.order = recorded ? .recorded : .effective
      query.from = try since.map { try Instant(parsing: $0, edge: .start, now: now) }
      query.through = try until.map { try Instant(parsing: $0, edge: .end, now: now) }
      query.known = try knownAt.map { try Instant(parsing: $0, edge: .end, now: now) }
      query.isReversed = backwards
      query.limit = limit
      return query
    }

    private func sentenceIfEmpty(_ account: AccountID) -> String {
      if limit == 0 { return "No movements are shown, as --limit is 0." }
      if since != nil || until != nil { return "\(account) has no movements in this range." }
      return "\(account) \(knownAt == nil ? "has no movements yet" : "had no movements then")."
    }

    static let table: [TextTable.Column] = [
      .init(title: "DATE"), .init(title: "TYPE"), .init(title: "AMOUNT", isNumber: true),
      .init(title: "BALANCE", isNumber: true), .init(title: "WITH"), .init(title: "DESCRIPTION"),
    ]

    /// The movement's row for people.
    static func row(of entry: HistoryEntry) -> [String] {
      [
        entry.effectiveAt.shortText, entry.kind.rawValue, entry.amount.decimal,
        entry.balance.decimal, entry.counterparty?.text ?? "",
        entry.links.noted(on: entry.shownDescription),
      ]
    }

    /// The movement as scripts read it.
    static func record(of entry: HistoryEntry) -> Record {
      let values: [JSONValue] =
        [
          .string(entry.effectiveAt.description), .string(entry.recordedAt.description),
          .string(entry.kind.rawValue), .string(entry.amount.decimal),
          .string(entry.balance.decimal), .text(entry.shownDescription),
          .text(entry.counterparty?.text),
          .text(entry.transferID), .integer(entry.version), .integer(entry.position),
        ] + entry.links.values
      return zip(columns, values).map { JSONMember($0, $1) }
    }
  }
}

extension HistoryEntry {
  fileprivate var shownDescription: String? { Erased.shown(description, isDescriptionErased) }
}

extension Instant {
  /// For people: the day alone if it is the start of one, else to the second.
  var shortText: String {
    let text = description
    return text.hasSuffix("T00:00:00.000000Z") ? String(text.prefix(10)) : text.prefix(19) + "Z"
  }
}
