import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Shows who paid an account and whom it paid.
  struct Flows: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "flows",
      abstract: "Show who paid an account and whom it paid, all transfers added up.",
      discussion: """
        With --depth 2 the payments of its counterparties too, and so on. A reversal is a payment \
        the other way. In text and JSON the account's totals come with it: what came from outside \
        and went there, what it received and paid.

        Example:
          ledger flows acct-42
          ledger flows acct-42 --depth 3 --direction out --dot | dot -Tsvg > flows.svg
        """)

    @Argument(help: "The account.")
    var account: Word

    @Option(help: ArgumentHelp("How many payments away, 1 to 6.", valueName: "n"))
    var depth = 1

    /// Which way to follow money.
    enum Direction: String, CaseIterable, ExpressibleByArgument {
      case out, `in`, both
    }

    @Option(help: "Follow money out, in, or both ways.")
    var direction: Direction = .both

    @Option(help: ArgumentHelp("Show at most so many.", valueName: "n"))
    var limit = 10_000

    @OptionGroup var graph: GraphOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      try graph.check(output)
      guard (1...6).contains(depth) else { throw ValidationError("--depth takes 1 to 6") }
      guard limit >= 1 else { throw ValidationError("--limit takes a number, 1 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try AccountID(account.text)
      let book = try ledger.openForReading()
      let line = ProgressLine()
      let found = try book.flows(
        around: account, depth: depth, direction: direction.followed, limit: limit
      ) { line.update(done: $0, of: $1, "events") }
      line.erase()
      if found.isCut {
        Diagnostics.write("ledger: note: there are more than \(limit) flows; see --limit")
      }
      if graph.dot {
        try target.write(DotGraph.text(of: found.flows.map(\.flow), marked: [account]))
        return try target.finish()
      }
      switch output.format {
      case .text: try writeText(found, to: target)
      case .json: try output.print(found.record, to: target) { "" }
      case .ndjson, .csv:
        try output.printList(
          to: target, columns: ["distance"] + Flow.columns, table: [], ifEmpty: ""
        ) { add in for near in found.flows { try add(near.record) { [] } } }
      }
    }

    private func writeText(_ found: LedgerKit.Flows, to target: Output) throws {
      let totals = found.totals
      try target.write(
        """
        \(totals.account)  \(totals.deposited.text) from outside, \(totals.withdrawn.text) to \
        outside, \(totals.received.text) received, \(totals.paid.text) paid

        """)
      let distance = depth > 1 ? [TextTable.Column(title: "DISTANCE", isNumber: true)] : []
      try output.printList(
        to: target, columns: [], table: distance + Flow.table,
        ifEmpty: "There were no transfers."
      ) { add in
        for near in found.flows {
          try add([]) { (depth > 1 ? ["\(near.distance)"] : []) + near.flow.row }
        }
      }
    }
  }
}

extension LedgerCommand.Flows.Direction {
  fileprivate var followed: FlowDirection {
    switch self {
    case .out: .out
    case .in: .in
    case .both: .both
    }
  }
}

extension LedgerKit.Flows {
  fileprivate var record: Record {
    [
      JSONMember("accountId", .string(totals.account.text)),
      JSONMember("currency", .string(totals.deposited.currency.code)),
      JSONMember("deposited", .string(totals.deposited.decimal)),
      JSONMember("withdrawn", .string(totals.withdrawn.decimal)),
      JSONMember("received", .string(totals.received.decimal)),
      JSONMember("paid", .string(totals.paid.decimal)),
      JSONMember("flows", .array(flows.map { .object($0.record) })),
      JSONMember("isCut", .bool(isCut)),
    ]
  }
}

extension LedgerKit.Flows.Near {
  fileprivate var record: Record {
    [JSONMember("distance", .integer(Int64(distance)))] + flow.record
  }
}
