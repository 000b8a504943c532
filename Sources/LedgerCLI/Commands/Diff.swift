import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Shows what lies between an account's balances at two cuts.
  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "Show what happened to an account between two cuts.",
      discussion: """
        The balance at either cut, and the movements that only one of them counts: + those that B \
        adds, - those that B leaves out. The balance beside a movement leads from A's to B's.

        A cut is one word:
          2026-03-01                   what counts by the end of that day
          known:2026-03-01             what was recorded by then
          2026-03-01,known:2026-04-05  both
          version:7                    the account's events 0 to 7
          position:1200                all commits up to this position

        Example:
          ledger diff acct-42 2026-01 2026-02
          ledger diff acct-42 2026-01,known:2026-02-03 2026-01
        """)

    @Argument(help: "The account.")
    var account: Word

    @Argument(help: ArgumentHelp("The cut to compare from.", valueName: "a"))
    var from: CutArgument

    @Argument(help: ArgumentHelp("The cut to compare to.", valueName: "b"))
    var to: CutArgument

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try AccountID(account.text)
      let book = try ledger.openForReading()
      let now = try book.now()
      let (from, to) = (try from.cut(now: now), try to.cut(now: now))
      if output.format == .json {
        return try printObject(to: target) { begin, body in
          try book.diff(of: account, from: from, to: to, begin, forEach: body)
        }
      }
      let change = TextTable.Column(title: "")
      try output.printList(
        to: target, columns: Self.columns, table: [change] + History.table,
        ifEmpty: "Both cuts count the same movements."
      ) { add in
        try book.diff(of: account, from: from, to: to) { diff in
          if output.format == .text { try target.write(text(of: diff, account)) }
        } forEach: { changed in
          try add(Self.record(of: changed)) {
            [changed.sign] + History.row(of: changed.movement)
          }
        }
      }
    }

    private typealias Produce = (
      _ begin: (BalanceDiff) throws -> Void, _ body: (ChangedMovement) throws -> Void
    ) throws -> Void

    /// Writes one object; movements as they come.
    private func printObject(to target: Output, _ produce: Produce) throws {
      var object = try ObjectWithLists(on: target)
      try produce { diff in
        for member in record(of: diff) { try object.add(member) }
        try object.beginList("movements")
      } _: { changed in
        try object.add(item: Self.record(of: changed))
      }
      try object.finish()
      try target.finish()
    }

    private func record(of diff: BalanceDiff) -> Record {
      func side(_ cut: CutArgument, _ past: PastBalance?) -> JSONValue {
        .object([
          JSONMember("cut", .string(cut.text)), JSONMember("balance", .text(past?.balance.decimal)),
          JSONMember("position", .number(past?.position)),
        ])
      }
      return [
        JSONMember("accountId", .string(account.text)),
        JSONMember("currency", .string(diff.difference.currency.code)),
        JSONMember("from", side(from, diff.from)), JSONMember("to", side(to, diff.to)),
        JSONMember("difference", .string(diff.difference.decimal)),
      ]
    }

    private static let columns = History.columns + ["change"]

    private static func record(of changed: ChangedMovement) -> Record {
      History.record(of: changed.movement)
        + [JSONMember("change", .string(changed.change.rawValue))]
    }

    private func text(of diff: BalanceDiff, _ account: AccountID) -> String {
      func side(_ name: String, _ past: PastBalance?, _ cut: CutArgument) -> String {
        let status = past.map { $0.isClosed ? "  (closed)" : "" } ?? "  (not there yet)"
        return "\(name)  \(past?.balance.text ?? "nothing")  at \(cut.text.visible)\(status)\n"
      }
      return side("A", diff.from, from) + side("B", diff.to, to)
        + "\(account) differs by \(diff.difference.text).\n"
    }
  }
}

extension ChangedMovement {
  /// As `diff` shows lines.
  fileprivate var sign: String {
    switch change {
    case .added: "+"
    case .removed: "-"
    }
  }
}
