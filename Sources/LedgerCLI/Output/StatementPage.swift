import EventStore
import JSONText
import LedgerDomain
import LedgerKit

/// A statement on its way out, line by line.
struct StatementPage {
  private let options: OutputOptions
  private let output: Output
  private var statement: Statement?
  private var table: TextTable?
  private var list: RecordList?
  private var object: ObjectWithLists?

  init(_ options: OutputOptions, on output: Output) {
    (self.options, self.output) = (options, output)
  }

  mutating func begin(_ statement: Statement) throws {
    self.statement = statement
    switch options.format {
    case .text:
      try output.write(Self.heading(of: statement))
      var table = TextTable(Self.table, on: output, isColored: options.isColored(output))
      try table.add(["", "Opening balance", "", "", statement.opening.decimal])
      self.table = table
    case .json:
      var object = try ObjectWithLists(on: output)
      for member in Self.record(of: statement) { try object.add(member) }
      try object.beginList("transactions")
      self.object = object
    case .ndjson, .csv: list = RecordList(options.format, on: output)
    }
  }

  mutating func add(_ entry: HistoryEntry) throws {
    let text = entry.shownStatementText
    switch options.format {
    case .text:
      let isIncoming = entry.amount.minorUnits > 0
      let amount = String(entry.amount.decimal.drop { $0 == "-" })
      try table?.add([
        String(entry.effectiveAt.description.prefix(10)), text, isIncoming ? amount : "",
        isIncoming ? "" : amount, entry.balance.decimal,
      ])
    case .json: try object?.add(item: Self.record(of: entry))
    case .ndjson, .csv: try list?.add(Self.record(of: entry))
    }
  }

  mutating func finish() throws {
    guard let statement else { return }
    try table?.add([
      "", "Closing balance", statement.credits.decimal, statement.debits.decimal,
      statement.closing.decimal,
    ])
    try table?.finish()
    if options.format == .text { try output.write(Self.footing(of: statement)) }
    try object?.finish()
    try list?.finish(columns: Self.columns)
    try output.finish()
  }

  // MARK: For people

  private static let table: [TextTable.Column] = [
    .init(title: "DATE"), .init(title: "DESCRIPTION"), .init(title: "IN", isNumber: true),
    .init(title: "OUT", isNumber: true), .init(title: "BALANCE", isNumber: true),
  ]

  private static func heading(of statement: Statement) -> String {
    let account = statement.account
    let holder =
      Erased.shown(account.holder, account.isHolderErased).map { $0.visible + "\n" } ?? ""
    let status = account.isClosed ? ", closed" : ""
    let days = (statement.month.start, statement.month.end)
    let end = statement.isOver ? "" : ", so far"
    return """
      \(holder)Account \(account.accountID), \(account.balance.currency.code)\(status)
      Statement for \(statement.month) (\(days.0.day) to \(days.1.day)\(end))


      """
  }

  private static func footing(of statement: Statement) -> String {
    let (credits, debits) = (statement.creditCount, statement.debitCount)
    return """

      \(credits) in, \(debits) out. Ledger \(statement.ledgerID), position \(statement.position)
      head \(statement.headHash)

      """
  }

  // MARK: For scripts

  private static func record(of statement: Statement) -> Record {
    [
      JSONMember("accountId", .string(statement.account.accountID.text)),
      JSONMember(
        "holder", .text(Erased.shown(statement.account.holder, statement.account.isHolderErased))),
      JSONMember("currency", .string(statement.opening.currency.code)),
      JSONMember("month", .string(statement.month.description)),
      JSONMember("isOver", .bool(statement.isOver)),
      JSONMember("opening", .string(statement.opening.decimal)),
      JSONMember("credits", .string(statement.credits.decimal)),
      JSONMember("debits", .string(statement.debits.decimal)),
      JSONMember("closing", .string(statement.closing.decimal)),
      JSONMember("count", .integer(statement.creditCount + statement.debitCount)),
      JSONMember("ledgerId", .string(statement.ledgerID)),
      JSONMember("position", .integer(statement.position)),
      JSONMember("headHash", .string(statement.headHash.hex)),
    ]
  }

  private static let columns = [
    "date", "effectiveAt", "type", "description", "counterparty", "amount", "balance", "position",
  ]

  private static func record(of entry: HistoryEntry) -> Record {
    let values: [JSONValue] = [
      .string(String(entry.effectiveAt.description.prefix(10))),
      .string(entry.effectiveAt.description), .string(entry.kind.rawValue),
      .text(Erased.shown(entry.description, entry.isDescriptionErased)),
      .text(entry.counterparty?.text), .string(entry.amount.decimal),
      .string(entry.balance.decimal), .integer(entry.position),
    ]
    return zip(columns, values).map { JSONMember($0, $1) }
  }
}

extension HistoryEntry {
  /// What it was for, or else what it was, and with whom.
  fileprivate var shownStatementText: String {
    let text = Erased.shown(description, isDescriptionErased)
    let party = counterparty.map { " (\(amount.minorUnits < 0 ? "to" : "from") \($0))" } ?? ""
    return (text ?? kind.plainText) + party
  }
}

extension HistoryEntry.Kind {
  fileprivate var plainText: String {
    switch self {
    case .deposit: "Deposit"
    case .withdrawal: "Withdrawal"
    case .transferIn, .transferOut: "Transfer"
    }
  }
}

extension Instant {
  /// `2026-04-30`.
  fileprivate var day: String { String(description.prefix(10)) }
}
