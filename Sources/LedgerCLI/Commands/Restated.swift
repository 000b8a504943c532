import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Lists past balances that were changed by what was recorded later.
  struct Restated: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restated",
      abstract: "List past balances that changed because of what was recorded later.",
      discussion: """
        --since says when the books were looked at. What was recorded after it, but counts at or \
        before it, makes past balances other than they were then. Each row says from when, until \
        when and by how much, and which events are responsible.

        BEFORE and AFTER are the balances at a row's effective time. All balances from there on \
        are other by its CHANGE, up to the account's next row, or for the last one through the \
        time of --since. A change of zero means that from there on balances are as they were \
        known again. Late movements of one instant that cancel change nothing.

        Example:
          ledger restated acct-42 --since 2026-04-05
          ledger restated --all --since 1200
        """)

    @Argument(help: "The account.")
    var account: Word?

    @Flag(help: "Every account of which something was restated.")
    var all = false

    @Option(
      help: ArgumentHelp(
        "When the books were looked at: an instant, the end of a date or month, or a global "
          + "position, whose recorded time is meant.", valueName: "instant|position"))
    var since: Word

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (account != nil) != all else {
        throw ValidationError("name one ACCOUNT, or ask for --all of them")
      }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let account = try account.map { try AccountID($0.text) }
      let book = try ledger.openForReading()
      let cut = try cut(now: book.now())
      let whose = account.map { " of \($0)" } ?? ""
      try output.printList(
        to: target, columns: Self.columns, table: Self.table,
        ifEmpty: "No past balance\(whose) has changed since \(since.text.visible)."
      ) { add in
        try book.forEachRestatement(of: account, since: cut) { restatement in
          try add(Self.record(of: restatement)) { Self.row(of: restatement) }
        }
      }
    }

    private func cut(now: Instant) throws -> RecordedCut {
      if since.text.isNumber {
        guard let position = Int64(since.text) else {
          throw UsageError(message: "'\(since.text)' is no position that a ledger reaches")
        }
        return .position(position)
      }
      return .instant(try Instant(parsing: since.text, edge: .end, now: now))
    }

    private static let columns = [
      "accountId", "currency", "effectiveAt", "until", "before", "after", "change", "positions",
    ]

    private static func record(of restatement: Restatement) -> Record {
      let values: [JSONValue] = [
        .string(restatement.accountID.text), .string(restatement.after.currency.code),
        .string(restatement.effectiveAt.description), .string(restatement.until.description),
        .text(restatement.before?.decimal), .string(restatement.after.decimal),
        .string(restatement.change.decimal),
        .array(restatement.causes.map { .integer($0.position) }),
      ]
      return zip(columns, values).map { JSONMember($0, $1) }
    }

    private static let table: [TextTable.Column] = [
      .init(title: "ACCOUNT"), .init(title: "FROM"), .init(title: "UNTIL"),
      .init(title: "BEFORE", isNumber: true), .init(title: "AFTER", isNumber: true),
      .init(title: "CHANGE", isNumber: true), .init(title: "CURRENCY"), .init(title: "POSITIONS"),
      .init(title: "RECORDED"), .init(title: "WHO"),
    ]

    private static func row(of restatement: Restatement) -> [String] {
      let causes = restatement.causes
      return [
        restatement.accountID.text, restatement.effectiveAt.shortText,
        restatement.until.shortText, restatement.before?.decimal ?? "none",
        restatement.after.decimal, restatement.change.decimal, restatement.after.currency.code,
        PositionList.numbers(causes.map(\.position)), causes.last?.recordedAt.shortText ?? "",
        Set(causes.map(\.actor)).sorted().joined(separator: ", "),
      ]
    }
  }
}
