public import EventStore
public import LedgerDomain
import LedgerEvents

/// Saved states of accounts: caches that commands keep, and that may be thrown away at any time.
extension Ledger {
  private static let accountsPerTransaction = 256

  /// When commands take snapshots in this file.
  public func snapshotPolicy() throws -> SnapshotPolicy {
    try store.read { try $0.snapshotPolicy() }
  }

  /// Changes when commands take snapshots in this file.
  public func setSnapshotPolicy(_ policy: SnapshotPolicy) throws {
    try store.write { try $0.setSnapshotPolicy(policy) }
  }

  /// Calls `body` for every snapshot, or those of one account, by account and then oldest first.
  ///
  /// Throws `Rejection.accountNotFound`.
  public func forEachSnapshot(
    of account: AccountID? = nil, _ body: (Snapshot) throws -> Void
  ) throws {
    try store.read { log in
      try log.forEachSnapshot(of: try account.map { try knownStream(of: $0, log) }, body)
    }
  }

  /// Takes a snapshot of `account` as it stands; false if there is one already.
  ///
  /// Throws `Rejection.accountNotFound`.
  public func takeSnapshot(of account: AccountID) throws -> Bool {
    try takeSnapshots(of: [try store.read { try knownStream(of: account, $0) }]) == 1
  }

  /// Takes a snapshot of every account that has events since its newest one, and returns how many;
  /// `takenBefore` leaves out accounts whose newest snapshot is not older than that.
  ///
  /// Works in the background: accounts are read outside, and written in short transactions, so that
  /// other writers go on meanwhile.
  public func takeSnapshots(takenBefore: Instant? = nil) throws -> Int {
    var taken = 0
    var last: String?
    while true {
      let streams = try store.read { log in
        try log.streamsWithoutSnapshot(
          prefix: AccountStream.prefix, after: last, takenBefore: takenBefore?.micros,
          limit: Self.accountsPerTransaction)
      }
      guard !streams.isEmpty else { return taken }
      taken += try takeSnapshots(of: streams)
      last = streams.last
    }
  }

  private func takeSnapshots(of streams: [String]) throws -> Int {
    let loaded = try store.read { log in
      try streams.map { ($0, try load(EventQuery(streamID: $0), log)) }
    }
    return try store.write { transaction in
      var taken = 0
      for (streamID, account) in loaded {
        var account = account
        if try transaction.saveSnapshot(of: &account, streamID) { taken += 1 }
      }
      return taken
    }
  }

  /// Compares every snapshot, or those of one account, to a fold of all events before it, and calls
  /// `body` with what is wrong, nil meaning nothing.
  ///
  /// Throws `Rejection.accountNotFound`.
  public func verifySnapshots(
    of account: AccountID? = nil, _ body: (Snapshot, _ problem: String?) throws -> Void
  ) throws {
    try store.read { log in
      var folded: (streamID: String, account: LoadedAccount)?
      let streamID = try account.map { try knownStream(of: $0, log) }
      try log.forEachSnapshot(of: streamID) { snapshot in
        guard AccountStream.account(of: snapshot.streamID) != nil else {
          return try body(snapshot, "its stream is no account's")
        }
        if folded?.streamID != snapshot.streamID {
          folded = (snapshot.streamID, LoadedAccount(before: snapshot.streamID))
        }
        guard var account = folded?.account else { return }
        try fold(&account, through: snapshot, log)
        folded?.account = account
        try body(snapshot, try log.problem(with: snapshot, at: account))
      }
    }
  }

  private func fold(
    _ account: inout LoadedAccount, through snapshot: Snapshot, _ log: ReadTransaction
  ) throws {
    var query = EventQuery(streamID: snapshot.streamID)
    query.afterStreamPosition = account.version
    query.throughStreamPosition = snapshot.streamPosition
    query.includesPersonalText = false
    try log.forEachEvent(query) { try account.evolve($0) }
  }

  /// Removes the snapshots, of one account or of all, that are older than `takenBefore` and of which
  /// the account has at least `keep` newer ones; returns how many. Nil means: whatever its age.
  ///
  /// Throws `Rejection.accountNotFound`.
  public func pruneSnapshots(
    of account: AccountID? = nil, keep: Int, takenBefore: Instant?
  ) throws -> Int {
    try store.write { transaction in
      let streamID = try account.map { try knownStream(of: $0, transaction.log) }
      return try transaction.pruneSnapshots(of: streamID) { snapshot, newer in
        newer >= keep && takenBefore.map { snapshot.takenAtMicros < $0.micros } ?? true
      }
    }
  }

  private func knownStream(of account: AccountID, _ log: ReadTransaction) throws -> String {
    let streamID = AccountStream.id(of: account)
    guard try log.version(of: streamID) != nil else { throw Rejection.accountNotFound(account) }
    return streamID
  }
}
