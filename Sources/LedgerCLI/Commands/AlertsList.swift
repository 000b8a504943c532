import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand.Alerts {
  /// Lists alerts.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List alerts, the latest movement first; those nobody has seen.",
      discussion: """
        Example:
          ledger alerts list --account acct-42 --all
        """)

    @Option(help: "Only those of this account.")
    var account: String?

    @Option(help: "Only those of this rule.")
    var rule: String?

    @Flag(help: "Those that were acknowledged too.")
    var all = false

    @Option(help: ArgumentHelp("Show only the first of them.", valueName: "n"))
    var limit: Int?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      var filter = AlertFilter()
      filter.account = try account.map { try AccountID($0) }
      (filter.rule, filter.includesSeen, filter.limit) = (rule, all, limit)
      let book = try ledger.openForReading()
      let line = ProgressLine()
      try output.printList(
        to: target, columns: Alert.columns, table: Alert.table, ifEmpty: "There are no alerts."
      ) { add in
        try book.forEachAlert(
          filter, progress: { line.update(done: $0, of: $1, "events") }
        ) { alert in
          line.erase()
          try add(alert.record) { alert.row }
        }
      }
    }
  }
}

extension Alert {
  fileprivate static let columns = [
    "alert", "rule", "kind", "position", "accountId", "effectiveAt", "amount", "currency",
    "counterparty", "finding", "acknowledgedPosition",
  ]

  fileprivate static let table: [TextTable.Column] = [
    .init(title: "ALERT"), .init(title: "DATE"), .init(title: "ACCOUNT"),
    .init(title: "AMOUNT", isNumber: true), .init(title: "CURRENCY"), .init(title: "FINDING"),
  ]

  fileprivate var record: Record {
    let values: [JSONValue] = [
      .string(id), .string(rule), .string(finding.kind), .integer(position), .string(account.text),
      .string(effectiveAt.description), .string(amount.decimal), .string(amount.currency.code),
      .text(counterparty?.text), .string(findingText), .number(seenPosition),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  fileprivate var row: [String] {
    let seen = seenPosition.map { " (acknowledged at position \($0))" } ?? ""
    return [
      id, effectiveAt.shortText, account.text, amount.decimal, amount.currency.code,
      findingText + seen,
    ]
  }

  private var findingText: String {
    switch finding {
    case .largeAmount: "a large amount" + (counterparty.map { ", to \($0)" } ?? "")
    case .manyWithdrawals(let count): "at least \(count) withdrawals within the window"
    case .inAndOut(let out): "as much came in and \(out.text) went out within the window"
    case .newCounterparty: "the first payment to \(counterparty?.text ?? "somebody")"
    case .dormant(let micros):
      "the first movement after \(DurationArgument.text(micros: micros / 60_000_000 * 60_000_000))"
    }
  }
}
