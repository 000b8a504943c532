import ArgumentParser
import JSONText
import LedgerDomain
import LedgerKit

extension LedgerCommand {
  /// Lists all accounts.
  struct Accounts: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "accounts",
      abstract: "List all accounts and their balances.",
      discussion: """
        Example:
          ledger accounts --format csv
        """)

    @Option(help: ArgumentHelp("Show only the first accounts.", valueName: "n"))
    var limit: Int?

    @OptionGroup var ledger: LedgerOptions
    @OptionGroup var output: OutputOptions

    private static let columns = [
      "accountId", "currency", "balance", "status", "version", "holder", "overdraftLimit",
    ]

    func validate() throws {
      guard limit ?? 0 >= 0 else { throw ValidationError("--limit takes a number, 0 or more") }
    }

    func run() throws {
      let target = try output.open(for: ledger)
      let book = try ledger.openForReading()
      let table: [TextTable.Column] = [
        .init(title: "ACCOUNT"), .init(title: "BALANCE", isNumber: true), .init(title: "CURRENCY"),
        .init(title: "STATUS"), .init(title: "LIMIT", isNumber: true), .init(title: "HOLDER"),
      ]
      try output.printList(
        to: target, columns: Self.columns, table: table,
        ifEmpty: "There are no accounts; open one with: ledger open ACCOUNT --currency USD"
      ) { add in
        try book.forEachAccount(limit: limit) { account in
          try add(Self.record(of: account)) {
            [
              account.accountID.text, account.balance.decimal, account.balance.currency.code,
              AccountStatus.name(isClosed: account.isClosed), account.overdraftLimit.decimal,
              account.shownHolder ?? "",
            ]
          }
        }
      }
    }

    private static func record(of account: AccountSummary) -> Record {
      let values: [JSONValue] = [
        .string(account.accountID.text), .string(account.balance.currency.code),
        .string(account.balance.decimal),
        .string(AccountStatus.name(isClosed: account.isClosed)),
        .integer(account.version), .text(account.shownHolder),
        .string(account.overdraftLimit.decimal),
      ]
      return zip(columns, values).map { JSONMember($0, $1) }
    }
  }
}

extension AccountSummary {
  fileprivate var shownHolder: String? { Erased.shown(holder, isHolderErased) }
}
