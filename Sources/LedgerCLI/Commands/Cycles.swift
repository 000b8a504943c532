import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Lists rings of payments.
  struct Cycles: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "cycles",
      abstract: "List rings of transfers: money that came back.",
      discussion: """
        In a ring every account paid the next, and the last paid the first. Each ring is listed \
        once; with an account, those it is in. What a bound cuts off is said.

        Example:
          ledger cycles acct-42
          ledger cycles --length 3 --limit 100 --format ndjson
        """)

    @Argument(help: "The account (default: all rings of the book).")
    var account: Word?

    @Option(help: ArgumentHelp("The most payments in a ring, 2 to 8.", valueName: "n"))
    var length = 4

    @Option(
      name: .customLong("min"),
      help: ArgumentHelp(
        "Only rings in which every account paid at least so much in all.", valueName: "amount"))
    var least: String?

    @Option(help: ArgumentHelp("Show at most so many.", valueName: "n"))
    var limit = 1_000

    @Option(help: ArgumentHelp("Stop looking after this time: 10s, 2m.", valueName: "time"))
    var timeout: TimeoutArgument?

    @OptionGroup var graph: GraphOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    static let columns = ["length", "accounts", "currency", "least", "total", "first", "last"]

    func validate() throws {
      try graph.check(output)
      guard (2...8).contains(length) else { throw ValidationError("--length takes 2 to 8") }
      guard limit >= 1 else { throw ValidationError("--limit takes a number, 1 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try account.map { try AccountID($0.text) }
      let amounts = try least.map { try AmountRange(from: $0, through: nil) }
      let book = try ledger.openForReading()
      if graph.dot { return try writeDot(account, amounts, book, to: target) }
      try output.printList(
        to: target, columns: Self.columns, table: Self.table, ifEmpty: "No rings were found."
      ) { add in
        try forEachRing(account, amounts, book) { ring in
          try add(ring.record) { ring.row }
        }
      }
    }

    private func writeDot(
      _ account: AccountID?, _ amounts: AmountRange?, _ book: Ledger, to target: Output
    ) throws {
      var (flows, seen): ([Flow], Set<Flow>) = ([], [])
      try forEachRing(account, amounts, book) { ring in
        for flow in ring.flows where seen.insert(flow).inserted { flows.append(flow) }
      }
      try target.write(DotGraph.text(of: flows, marked: account.map { [$0] } ?? []))
      try target.finish()
    }

    private func forEachRing(
      _ account: AccountID?, _ amounts: AmountRange?, _ book: Ledger,
      _ body: (FlowRing) throws -> Void
    ) throws {
      let line = ProgressLine()
      // From the first look on: catching up takes as long as it takes.
      var end: ContinuousClock.Instant?
      var (rings, isOverLimit) = (0, false)
      let isWhole = try book.forEachRing(
        through: account, length: length,
        isOutOfTime: {
          let now = ContinuousClock.now
          if end == nil { end = now + (timeout?.duration ?? .seconds(60)) }
          return end.map { now > $0 } ?? false
        },
        progress: { line.update(done: $0, of: $1, "events") }
      ) { ring in
        line.erase()
        guard
          amounts.map({ amounts in ring.flows.allSatisfy { amounts.contains($0.total) } }) ?? true
        else { return true }
        isOverLimit = rings == limit
        guard !isOverLimit else { return false }
        rings += 1
        try body(ring)
        return true
      }
      guard !isWhole else { return }
      Diagnostics.write(
        isOverLimit
          ? "ledger: note: there are more than \(limit) rings; see --limit"
          : "ledger: note: the time was up before all rings were found; see --timeout")
    }

    private static let table: [TextTable.Column] = [
      .init(title: "LENGTH", isNumber: true), .init(title: "LEAST", isNumber: true),
      .init(title: "CURRENCY"), .init(title: "RING"),
    ]
  }
}

extension FlowRing {
  /// The smallest of the payments' totals.
  private var least: Money {
    Money(
      minorUnits: flows.map(\.total.minorUnits).min() ?? 0, in: flows[0].total.currency)
  }

  fileprivate var record: Record {
    let total = flows.reduce(Int128(0)) { $0 + Int128($1.total.minorUnits) }
    let currency = flows[0].total.currency
    let values: [JSONValue] = [
      .integer(Int64(flows.count)), .array(flows.map { .string($0.payer.text) }),
      .string(currency.code), .string(least.decimal),
      .string(CurrencyTotal(currency: currency, minorUnits: total).decimal),
      .text(flows.map(\.first).min()?.description), .text(flows.map(\.last).max()?.description),
    ]
    return zip(LedgerCommand.Cycles.columns, values).map { JSONMember($0, $1) }
  }

  fileprivate var row: [String] {
    let names = flows.map(\.payer.text) + [flows[0].payer.text]
    return [
      "\(flows.count)", least.decimal, flows[0].total.currency.code,
      names.joined(separator: " > "),
    ]
  }
}
