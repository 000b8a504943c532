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
  /// none, in one transaction. Nil as `residue` means that no text is left of what they erase.
  ///
  /// Throws `RestoreError` if a text is missing that no erasure among them names.
  package func restoring<Result>(
    _ body: (Restoration) throws -> Result
  ) throws -> (result: Result, residue: Residue?) {
    defer { accounts.removeAll() }
    let (result, hasErased) = try store.write { transaction in
      let result = try body(Restoration(transaction: transaction))
      try transaction.finishRestoring()
      return (result, transaction.hasErased)
    }
    return (result, hasErased ? store.clearLog() : nil)
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
  /// recorded. What it erases of the commits before is gone. Whether a rule should have refused it,
  /// `verify` says.
  package func record(_ events: [RecordedEvent]) throws {
    try transaction.restore(events)
    _ = try RecordedCommit(events.map(transaction.log.current))
  }
}
