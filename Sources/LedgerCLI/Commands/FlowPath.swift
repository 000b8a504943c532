import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Shows how money got from one account to another.
  struct FlowPath: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "path",
      abstract: "Show how money got from one account to another.",
      discussion: """
        The way with the fewest payments. It says that each account paid the next, whenever that \
        was, not that it was the same money. Exit status 1 if there is none.

        Example:
          ledger path acct-42 acct-7
        """)

    @Argument(help: "The account that paid.")
    var from: Word

    @Argument(help: "The account that was paid in the end.")
    var to: Word

    @Option(help: ArgumentHelp("The most payments on the way, 1 to 20.", valueName: "n"))
    var depth = 8

    @OptionGroup var graph: GraphOptions
    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      try graph.check(output)
      guard (1...20).contains(depth) else { throw ValidationError("--depth takes 1 to 20") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let (from, to) = (try AccountID(from.text), try AccountID(to.text))
      let book = try ledger.openForReading()
      let line = ProgressLine()
      let path = try book.path(from: from, to: to, depth: depth) {
        line.update(done: $0, of: $1, "events")
      }
      line.erase()
      guard let path else { throw NoPath(from: from, to: to, depth: depth) }
      if graph.dot {
        try target.write(DotGraph.text(of: path, marked: [from, to]))
        return try target.finish()
      }
      try output.printList(
        to: target, columns: Flow.columns, table: Flow.table, ifEmpty: ""
      ) { add in for flow in path { try add(flow.record) { flow.row } } }
    }
  }
}

/// No money got from one account to another.
struct NoPath: Error {
  let from: AccountID
  let to: AccountID
  let depth: Int
}
