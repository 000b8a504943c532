package import LedgerDomain

/// How an account's stream is named.
package enum AccountStream {
  /// How the names of all accounts' streams begin.
  package static let prefix = "BankAccount-"

  package static func id(of account: AccountID) -> String {
    prefix + account.text
  }

  /// The account whose stream is called `streamID`; nil if it is no account's.
  package static func account(of streamID: String) -> AccountID? {
    guard streamID.hasPrefix(prefix) else { return nil }
    return try? AccountID(String(streamID.dropFirst(prefix.utf8.count)))
  }
}
