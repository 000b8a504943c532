import EventStore
import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerKit

extension Book {
  /// An account with ten deposits of 1.00 after its opening, and snapshots at versions 4 and 8.
  static func withSnapshots() throws -> (Book, AccountID) {
    let book = try Book()
    let account = try book.open("a")
    for step in 1...10 {
      try book.perform(.deposit(Amount("1"), to: account))
      if step % 4 == 0 { #expect(try book.ledger.takeSnapshot(of: account)) }
    }
    return (book, account)
  }

  /// Stream positions of the snapshots of `account`, or of all.
  func snapshotVersions(of account: AccountID? = nil) throws -> [Int64] {
    var versions: [Int64] = []
    try reopened().forEachSnapshot(of: account) { versions.append($0.streamPosition) }
    return versions
  }

  /// What `verifySnapshots` says of each: the sentence, or `ok`.
  func snapshotResults() throws -> [String] {
    var results: [String] = []
    try reopened().verifySnapshots { results.append($1 ?? "ok") }
    return results
  }
}

extension Ledger {
  /// Takes a snapshot of `account` as it stands; false if there is one already.
  func takeSnapshot(of account: AccountID) throws -> Bool {
    try takeSnapshots(of: [account]) == 1
  }

  /// `account` as commands load it, through stream position `version` if it is given: from a snapshot, if
  /// there is one.
  func loaded(
    _ account: AccountID, through version: Int64? = nil
  ) throws -> Loaded<AccountState> {
    try store.read { log in
      try version.map { try load(account, log, through: $0) } ?? load(account, log)
    }
  }
}

extension Loaded<AccountState> {
  /// The balance in words; nil before the opening.
  var balance: String? { state.account.standing?.balance.decimal }
}
