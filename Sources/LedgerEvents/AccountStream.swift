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
    var streamID = streamID
    let name = streamID.withUTF8 { bytes -> String? in
      let length = prefix.utf8.count
      guard bytes.count > length, bytes[..<length].elementsEqual(prefix.utf8) else { return nil }
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[length...]), as: UTF8.self)
    }
    return name.flatMap { try? AccountID($0) }
  }
}
