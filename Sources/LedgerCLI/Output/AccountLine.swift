import JSONText
import LedgerDomain
import LedgerKit

/// One account in a list of accounts, as it stands or stood.
struct AccountLine {
  let accountID: AccountID
  let balance: Money
  let status: AccountStatus
  let version: Int64
  /// What only the present knows; nil in a past cut.
  let present: (holder: String?, overdraftLimit: Money)?

  init(_ account: AccountSummary) {
    accountID = account.accountID
    balance = account.balance
    status = AccountStatus(isClosed: account.isClosed)
    version = account.version
    present = (Erased.shown(account.holder, account.isHolderErased), account.overdraftLimit)
  }

  init(_ past: PastBalance) {
    accountID = past.accountID
    balance = past.balance
    status = AccountStatus(isClosed: past.isClosed)
    version = past.version
    present = nil
  }

  /// By currency, then the larger balance first, then by id.
  static func isLarger(_ left: AccountLine, _ right: AccountLine) -> Bool {
    let (one, two) = (left.balance.currency.code, right.balance.currency.code)
    return (one, right.balance.minorUnits, left.accountID)
      < (two, left.balance.minorUnits, right.accountID)
  }

  static func columns(isPast: Bool) -> [String] {
    ["accountId", "currency", "balance", "status", "version"]
      + (isPast ? [] : ["holder", "overdraftLimit"])
  }

  var record: Record {
    var values: [JSONValue] = [
      .string(accountID.text), .string(balance.currency.code), .string(balance.decimal),
      .string(status.rawValue), .integer(version),
    ]
    if let present {
      values += [.text(present.holder), .string(present.overdraftLimit.decimal)]
    }
    return zip(Self.columns(isPast: present == nil), values).map { JSONMember($0, $1) }
  }

  static func table(isPast: Bool) -> [TextTable.Column] {
    [
      .init(title: "ACCOUNT"), .init(title: "BALANCE", isNumber: true), .init(title: "CURRENCY"),
      .init(title: "STATUS"),
    ]
      + (isPast ? [] : [.init(title: "LIMIT", isNumber: true), .init(title: "HOLDER")])
  }

  var row: [String] {
    [accountID.text, balance.decimal, balance.currency.code, status.rawValue]
      + (present.map { [$0.overdraftLimit.decimal, $0.holder ?? ""] } ?? [])
  }
}

/// What accounts add up to, by currency.
struct AccountSums {
  private var byCurrency: [Currency: (accounts: Int, minorUnits: Int128)] = [:]

  mutating func add(_ line: AccountLine) {
    byCurrency[line.balance.currency, default: (0, 0)].accounts += 1
    byCurrency[line.balance.currency, default: (0, 0)].minorUnits += Int128(line.balance.minorUnits)
  }

  /// In alphabetical order of the currencies' codes.
  var totals: [(accounts: Int, total: CurrencyTotal)] {
    byCurrency.map { ($1.accounts, CurrencyTotal(currency: $0, minorUnits: $1.minorUnits)) }
      .sorted { $0.total.currency.code < $1.total.currency.code }
  }
}

extension OutputOptions {
  /// Writes what the accounts of each currency add up to.
  func printTotals(
    _ totals: [(accounts: Int, total: CurrencyTotal)], to output: Output
  ) throws {
    try printList(
      to: output, columns: ["currency", "accounts", "total"],
      table: [
        .init(title: "CURRENCY"), .init(title: "ACCOUNTS", isNumber: true),
        .init(title: "TOTAL", isNumber: true),
      ], ifEmpty: "There are no such accounts."
    ) { add in
      for (accounts, total) in totals {
        try add([
          JSONMember("currency", .string(total.currency.code)),
          JSONMember("accounts", .integer(Int64(accounts))),
          JSONMember("total", .string(total.decimal)),
        ]) { [total.currency.code, "\(accounts)", total.decimal] }
      }
    }
  }
}
