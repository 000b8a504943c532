import EventStore
public import LedgerDomain
import LedgerEvents

/// The time was up before an account had the version that was waited for.
public struct VersionNotReached: Error, Hashable, Sendable {
  /// The account.
  public let account: AccountID
  /// What was waited for.
  public let version: Int64
  /// Where the account was at the end; -1 if it was not opened.
  public let reached: Int64
}

extension Ledger {
  /// Returns once `account` is at `version` or beyond, whoever takes it there.
  ///
  /// Between looks at the file, `pause` is called; it returns false once the time is up. An account that is
  /// not there yet may be opened meanwhile. Throws `VersionNotReached`.
  public func wait(
    for version: Int64, of account: AccountID, pause: () throws -> Bool
  ) throws {
    while true {
      let reached = try store.read { try $0.version(of: AccountStream.id(of: account)) } ?? -1
      if reached >= version { return }
      guard try pause() else {
        throw VersionNotReached(account: account, version: version, reached: reached)
      }
    }
  }
}
