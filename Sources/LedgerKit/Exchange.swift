package import EventStore

/// Whole ledgers as other files hold them: commit by commit, everything that was hashed.
extension Ledger {
  /// Calls `body` for the events of each commit in order, as they are stored.
  ///
  /// Stops with `EventDecodingError` at an event of a type or version that this build doesn't know, and
  /// with `StoreFileError.damaged` at a commit whose hash is not that of its content.
  package func forEachStoredCommit(_ body: ([RecordedEvent]) throws -> Void) throws {
    try store.read { log in
      try log.forEachCommit { commit in
        for event in commit { _ = try log.current(event) }
        try body(commit)
      }
    }
  }

  /// Lets `body` record the commits of another ledger in this one, which must have none: all of them or
  /// none, in one transaction.
  package func restoring<Result>(_ body: (Restoration) throws -> Result) throws -> Result {
    defer { accounts.removeAll() }
    return try store.write { try body(Restoration(transaction: $0)) }
  }
}

/// A ledger that takes over another's commits, inside one write transaction.
package struct Restoration {
  let transaction: WriteTransaction

  /// How far it has come.
  package var head: LogHead { transaction.head }

  /// Takes over the id of the ledger whose commits follow.
  ///
  /// Throws `RestoreError` if there are commits here already.
  package func takeOver(ledgerID: String) throws {
    try transaction.takeOver(storeID: ledgerID)
  }

  /// Records the events of the next commit, just as they were recorded there.
  ///
  /// Throws `RestoreError` if they don't follow the last commit, or if a hash is not that of its
  /// content, and `EventDecodingError` if this build can't read them; then nothing of the commit was
  /// recorded. Whether a rule should have refused it, `verify` says.
  package func record(_ events: [RecordedEvent]) throws {
    try transaction.restore(events)
    _ = try RecordedCommand(events.map(transaction.log.current))
  }
}
