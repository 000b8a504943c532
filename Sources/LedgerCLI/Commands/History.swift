import ArgumentParser
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
        In the order in which they count; the balance is the running one in that order.

        Example:
          ledger history acct-42
        """)

    @Argument(help: "The account.")
    var account: Word

    @Option(help: ArgumentHelp("Show only the first movements.", valueName: "n"))
    var limit: Int?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    private static let columns = [
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
      let table: [TextTable.Column] = [
        .init(title: "DATE"), .init(title: "TYPE"), .init(title: "AMOUNT", isNumber: true),
        .init(title: "BALANCE", isNumber: true), .init(title: "WITH"), .init(title: "DESCRIPTION"),
      ]
      try output.printList(
        to: target, columns: Self.columns, table: table, ifEmpty: "\(account) has no movements yet."
      ) { add in
        try book.forEachMovement(of: account, limit: limit) { entry in
          try add(Self.record(of: entry)) {
            [
              entry.effectiveAt.shortText, entry.kind.rawValue, entry.amount.decimal,
              entry.balance.decimal, entry.counterparty?.text ?? "",
              entry.links.noted(on: entry.shownDescription),
            ]
          }
        }
      }
    }

    private static func record(of entry: HistoryEntry) -> Record {
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
