import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Finds movements by what was said about them.
  struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search",
      abstract: "Find movements by their descriptions, counterparties, reasons and holders.",
      discussion: """
        All words must be there; "some words" in that order, rent* whatever begins so. AND, OR, NOT \
        and parentheses combine them, and description:, counterparty:, reason: or holder: in front \
        of a word looks there only. Case and accents don't matter. The best come first. A transfer \
        is shown once, or with --account as that account's movement.

        Example:
          ledger search rent
          ledger search 'rent AND (landlord OR flat*)' --account acct-42 --from 2026-01 --min 400
          ledger search 'reason:refund NOT holder:alice' --format ndjson
        """)

    @Argument(help: ArgumentHelp("What to look for.", valueName: "words"))
    var words: [String]

    @Option(help: "Only movements of this account.")
    var account: String?

    @Option(help: "Only transfers with this account on the other side.")
    var counterparty: String?

    @Option(
      name: [.long, .customLong("since")],
      help: ArgumentHelp(
        "Only what counts at or after: an instant, or the start of a date or month.",
        valueName: "instant"))
    var from: String?

    @Option(
      name: [.long, .customLong("until")],
      help: ArgumentHelp(
        "Only what counts at or before: an instant, or the end of a date or month.",
        valueName: "instant"))
    var to: String?

    @Option(
      name: .customLong("min"),
      help: ArgumentHelp("Only at least so much, each in its own currency.", valueName: "amount"))
    var least: String?

    @Option(
      name: .customLong("max"),
      help: ArgumentHelp("Only at most so much, each in its own currency.", valueName: "amount"))
    var most: String?

    @Option(help: ArgumentHelp("Show only the best of them.", valueName: "n"))
    var limit: Int?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let expression = try SearchExpression(words.joined(separator: " "))
      let book = try ledger.openForReading()
      let query = try query(expression, on: book)
      let line = ProgressLine()
      var hits = 0
      func search(_ body: (SearchHit) throws -> Void) throws {
        try book.search(
          query, progress: { line.update(done: $0, of: $1, "events") }
        ) { hit in
          line.erase()
          hits += 1
          try body(hit)
        }
      }
      guard output.format == .text else {
        return try output.printList(
          to: target, columns: SearchHit.columns, table: [], ifEmpty: ""
        ) { add in try search { hit in try add(hit.record) { [] } } }
      }
      let isColored = output.isColored(target)
      try search { hit in
        let marks = isColored ? try marked(hit, expression, book) : hit.visibleTexts
        try target.write(hit.text(marks))
      }
      if hits == 0 { try target.write("Nothing was found.\n") }
      try target.finish()
    }

    private func query(_ expression: SearchExpression, on book: Ledger) throws -> SearchQuery {
      let now = try book.now()
      var query = SearchQuery(expression)
      query.account = try account.map { try AccountID($0) }
      query.counterparty = try counterparty.map { try AccountID($0) }
      query.from = try from.map { try Instant(parsing: $0, edge: .start, now: now) }
      query.through = try to.map { try Instant(parsing: $0, edge: .end, now: now) }
      if least != nil || most != nil { query.amounts = try AmountRange(from: least, through: most) }
      query.limit = limit
      // A name that is wrong would find nothing, and nobody would know why.
      for account in [query.account, query.counterparty].compactMap(\.self) {
        _ = try book.balance(of: account)
      }
      return query
    }

    // Signs that no visible text has.
    private static let (open, close) = ("\u{2}", "\u{3}")
    private static let (bold, plain) = ("\u{1B}[1m", "\u{1B}[0m")

    private func marked(
      _ hit: SearchHit, _ expression: SearchExpression, _ book: Ledger
    ) throws -> SearchHit.Texts {
      let visible = hit.visibleTexts
      let marked = try book.highlight(
        description: visible.description, reason: visible.reason, expression, open: Self.open,
        close: Self.close)
      func shown(_ text: String?) -> String? {
        text?.replacing(Self.open, with: Self.bold).replacing(Self.close, with: Self.plain)
      }
      return (shown(marked.description), shown(marked.reason))
    }
  }
}

extension SearchHit {
  fileprivate static let columns = [
    "position", "effectiveAt", "recordedAt", "type", "accountId", "counterparty", "amount",
    "currency", "description", "reason",
  ]

  fileprivate var record: Record {
    let values: [JSONValue] = [
      .integer(position), .string(effectiveAt.description), .string(recordedAt.description),
      .string(kind.rawValue), .string(account.text), .text(counterparty?.text),
      .string(amount.decimal), .string(amount.currency.code), .text(description), .text(reason),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  /// What was said, as a terminal may show it.
  fileprivate typealias Texts = (description: String?, reason: String?)

  fileprivate var visibleTexts: Texts { (description?.visible, reason?.visible) }

  /// One line of facts, and below it what was said.
  fileprivate func text(_ texts: Texts) -> String {
    var text = "\(effectiveAt.shortText)  \(amount.decimal) \(amount.currency.code)  \(parties)"
    text += "  (position \(position))\n"
    if let description = texts.description { text += "  \(description)\n" }
    if let reason = texts.reason { text += "  reason: \(reason)\n" }
    return text
  }

  private var parties: String {
    guard let counterparty else { return "\(account)  \(kind.rawValue)" }
    return amount.minorUnits < 0
      ? "\(account) to \(counterparty)" : "\(account) from \(counterparty)"
  }
}
