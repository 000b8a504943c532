public import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

/// The whole book at one cut, added up.
public struct TrialBalance: Hashable, Sendable {
  /// How many accounts there are at the cut, closed ones too.
  public internal(set) var accounts: Int64 = 0
  /// In alphabetical order of the currencies' codes.
  public internal(set) var totals: [CurrencyTotal] = []
  /// SHA-256 of what `accounts --at … --format csv` prints of it.
  public internal(set) var csvDigest = Digest256(of: [])

  /// The header of the book as CSV. What may change later, such as a holder's name, is not in it.
  public static let csvHeader = "accountId,currency,balance,status,version\n"
}

extension PastBalance {
  /// The balance's line in the book as CSV: nothing in it needs quotes.
  public var csvLine: String {
    // A spreadsheet may take what begins with @ for a formula.
    let guarded = accountID.text.hasPrefix("@") ? "'" + accountID.text : accountID.text
    let status = isClosed ? "closed" : "active"
    return "\(guarded),\(balance.currency.code),\(balance.decimal),\(status),\(version)\n"
  }
}

extension Ledger {
  /// Calls `body` for every account that there is at `cut`, ordered by id, closed ones too, as of one
  /// moment. The cut is one of instants or a global position: a version is one account's own.
  public func forEachBalance(at cut: Cut, _ body: (PastBalance) throws -> Void) throws {
    try store.read { try forEachBalance(at: cut, $0, body) }
  }

  func forEachBalance(
    at cut: Cut, _ log: ReadTransaction, _ body: (PastBalance) throws -> Void
  ) throws {
    if case .version = cut { preconditionFailure("a version is one account's own") }
    try BalancesAt(cut, self, log).forEach(body)
  }
}

extension Ledger {
  /// The whole book at `cut`, added up as `log` knows it.
  func trialBalance(at cut: Cut, _ log: ReadTransaction) throws -> TrialBalance {
    var book = TrialBalance()
    var csv = Digest256.Running()
    var totals: [Currency: Int128] = [:]
    csv.append(TrialBalance.csvHeader)
    try forEachBalance(at: cut, log) { past in
      book.accounts += 1
      totals[past.balance.currency, default: 0] += Int128(past.balance.minorUnits)
      csv.append(past.csvLine)
    }
    book.totals = totals.map { .init(currency: $0.key, minorUnits: $0.value) }
      .sorted { $0.currency.code < $1.currency.code }
    book.csvDigest = csv.finished()
    return book
  }
}
