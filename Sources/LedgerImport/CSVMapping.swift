package import LedgerDomain

/// How the columns of a statement become movements.
package struct CSVMapping: Hashable, Sendable {
  /// Where the account of a row comes from.
  package enum Accounts: Hashable, Sendable {
    /// The whole file is one account.
    case one(AccountID)
    case column(String)
    /// Movements inside the book.
    case transfer(from: String, to: String)
  }

  /// Where the amount of a row and its direction come from.
  package enum Amounts: Hashable, Sendable {
    /// Signed; of a transfer, without a sign.
    case column(String)
    /// Without a sign; another column says whether money came in or went out.
    case typed(amount: String, type: String, credit: Set<String>, debit: Set<String>)
    case split(credit: String, debit: String)
  }

  package var source: String
  package var accounts: Accounts
  package var amounts: Amounts
  package var dateColumn: String?
  /// Nil means RFC 3339, a day or a month.
  package var dateFormat: DateFormat?
  package var idColumn: String?
  package var descriptionColumn: String?
  /// The bank's own balance after the row.
  package var balanceColumn: String?
  package var delimiter: UInt8 = UInt8(ascii: ",")
  package var decimalMark: Character = "."
  package var encoding: String?
  package var skippedLines = 0
  /// What the amounts are in; nil means each account's own currency.
  package var currency: Currency?
  /// Set if unknown accounts are to be opened, with this overdraft limit.
  package var opening: Opening?

  /// How unknown accounts are opened.
  package struct Opening: Hashable, Sendable {
    package var currency: Currency
    package var overdraftLimit: Amount?

    package init(currency: Currency, overdraftLimit: Amount?) {
      (self.currency, self.overdraftLimit) = (currency, overdraftLimit)
    }
  }

  package init(source: String, accounts: Accounts, amounts: Amounts) {
    (self.source, self.accounts, self.amounts) = (source, accounts, amounts)
  }

  /// Whether rows are sorted by date before they are booked.
  var isSorted: Bool {
    if case .transfer = accounts { false } else { dateColumn != nil }
  }
}
