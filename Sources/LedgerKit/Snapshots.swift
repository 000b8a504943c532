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
    try changeSnapshotPolicy { $0 = policy }
  }

  /// Changes when commands take snapshots in this file, and returns what holds now.
  ///
  /// In one transaction: what others choose at the same time is not lost. Settings that this build
  /// can't read give way to the defaults.
  @discardableResult
  public func changeSnapshotPolicy(
    _ change: (inout SnapshotPolicy) -> Void
  ) throws -> SnapshotPolicy {
    try store.write { transaction in
      var policy = (try? transaction.log.snapshotPolicy()) ?? SnapshotPolicy()
      change(&policy)
      try transaction.setSnapshotPolicy(policy)
      return policy
    }
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

  /// Takes a snapshot of each of `accounts` as it stands, unless there is one already; returns how many.
  ///
  /// Throws `Rejection.accountNotFound`, and then none was taken.
  public func takeSnapshots(of accounts: [AccountID]) throws -> Int {
    let streams = try store.read { log in try accounts.map { try knownStream(of: $0, log) } }
    return try takeSnapshots(ofStreams: streams)
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
      let accounts = streams.filter { AccountStream.account(of: $0) != nil }
      taken += try takeSnapshots(ofStreams: accounts)
      last = streams.last
    }
  }

  private func takeSnapshots(ofStreams streams: [String]) throws -> Int {
    let loaded = try store.read { log in
      try streams.map { try load(EventQuery(streamID: $0), log) }
    }
    return try store.write { transaction in
      var taken = 0
      for var account in loaded {
        if try transaction.saveSnapshot(of: &account) { taken += 1 }
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
        let unreadable = try problem(folding: &account, through: snapshot, log)
        folded?.account = account
        try body(snapshot, try unreadable ?? log.problem(with: snapshot, at: account))
      }
    }
  }

  /// Folds the events up to `snapshot`; says what is wrong with the first that can't be folded.
  private func problem(
    folding account: inout LoadedAccount, through snapshot: Snapshot, _ log: ReadTransaction
  ) throws -> String? {
    do {
      try fold(&account, through: snapshot, log)
      return nil
    } catch let error as EventDecodingError {
      return "an event before it, at position \(error.position), can't be read: \(error.problem)"
    } catch let problem as StoreProblem {
      let place = problem.position.map { ", at position \($0)," } ?? ""
      return "an event before it\(place) is damaged: \(problem.problem)"
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
