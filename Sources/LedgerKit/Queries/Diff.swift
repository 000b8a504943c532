import EventStore
public import LedgerDomain
import LedgerEvents

/// What lies between an account's balances at two cuts.
public struct BalanceDiff: Hashable, Sendable {
  /// The balance at the first cut; nil if the account was not there.
  public let from: PastBalance?
  /// The balance at the second cut; nil if the account was not there.
  public let to: PastBalance?
  /// What the second balance is more than the first, absent ones being nothing.
  public let difference: CurrencyTotal
}

/// A movement that one of two cuts counts and the other doesn't.
public struct ChangedMovement: Hashable, Sendable {
  /// Its balance is the running one that leads from the first cut's balance to the second's.
  public let movement: HistoryEntry
  /// Which of the cuts counts it.
  public let change: Change

  /// What became of a movement from the first cut to the second.
  public enum Change: String, Hashable, Sendable {
    /// Only the second cut counts it.
    case added
    /// Only the first cut counts it.
    case removed
  }
}

extension Ledger {
  /// Calls `begin` with the balances of `account` at two cuts, then `body` for every movement that only one
  /// of them counts, in effective order; all of it as of one moment.
  ///
  /// What was added less what was removed is the difference. Throws `Rejection.accountNotFound`,
  /// `Rejection.accountNotThereYet` if the account is there at neither cut, and `Rejection.beyondHead`.
  public func diff(
    of account: AccountID, from first: Cut, to second: Cut,
    _ begin: (BalanceDiff) throws -> Void, forEach body: (ChangedMovement) throws -> Void
  ) throws {
    try store.read { log in
      let diff = try BalanceDiff(
        from: balanceIfThere(of: account, at: first, log),
        to: balanceIfThere(of: account, at: second, log), account)
      try begin(diff)
      guard let index = try log.index(of: AccountStream.id(of: account)) else { return }
      let range = try DiffRange(
        from: CutBounds(first, index, log), to: CutBounds(second, index, log))
      let links = linkLookup(through: max(range.from.lastPosition, range.to.lastPosition))
      var balance = Int128(diff.from?.balance.minorUnits ?? 0)
      try log.forEachEvent(range.events(of: account)) { recorded in
        let event = try AccountEvent(recorded)
        guard let movement = event.movement, let change = range.change(of: recorded) else { return }
        switch change {
        case .added: balance += Int128(event.signedMinorUnits)
        case .removed: balance -= Int128(event.signedMinorUnits)
        }
        let entry = HistoryEntry(
          event, movement, recorded, balanceMinor: balance, links: try links.links(of: recorded))
        try body(ChangedMovement(movement: entry, change: change))
      }
    }
  }

  private func balanceIfThere(
    of account: AccountID, at cut: Cut, _ log: ReadTransaction
  ) throws -> PastBalance? {
    do {
      return try balance(of: account, at: cut, log)
    } catch Rejection.accountNotThereYet {
      return nil
    }
  }
}

extension BalanceDiff {
  fileprivate init(
    from: PastBalance?, to: PastBalance?, _ account: AccountID
  ) throws(Rejection) {
    guard let currency = (to ?? from)?.balance.currency else {
      throw .accountNotThereYet(account)
    }
    (self.from, self.to) = (from, to)
    difference = CurrencyTotal(
      currency: currency,
      minorUnits: Int128(to?.balance.minorUnits ?? 0) - Int128(from?.balance.minorUnits ?? 0))
  }
}

/// Up to where a cut counts an account's events, on both clocks.
private struct CutBounds {
  /// Only what counts at or before.
  var effectiveThroughMicros = Int64.max
  /// Only stream positions up to here.
  var version: Int64
  /// What was recorded after this global position is not known.
  var lastPosition = Int64.max

  init(_ cut: Cut, _ index: StreamIndex, _ log: ReadTransaction) throws {
    version = index.lastVersion
    switch cut {
    case .instants(let effective, let known):
      effectiveThroughMicros = effective?.micros ?? .max
      lastPosition = try known.map { try log.lastPosition(recordedThrough: $0.micros) } ?? .max
    case .version(let last): lastPosition = try index.position(at: last) ?? .max
    case .position(let position): lastPosition = try log.wholeCommits(through: position)
    }
    if lastPosition < .max { version = try index.version(through: lastPosition) ?? -1 }
  }

  func count(_ recorded: RecordedEvent) -> Bool {
    recorded.streamPosition <= version
      && recorded.commit.effectiveAtMicros <= effectiveThroughMicros
  }
}

/// The events that one of two cuts counts and the other doesn't.
private struct DiffRange {
  let from: CutBounds
  let to: CutBounds

  func change(of recorded: RecordedEvent) -> ChangedMovement.Change? {
    switch (from.count(recorded), to.count(recorded)) {
    case (false, true): .added
    case (true, false): .removed
    case (true, true), (false, false): nil
    }
  }

  /// The events among which they are: no more than needed if the cuts differ on one clock alone.
  func events(of account: AccountID) -> EventQuery {
    var query = EventQuery(streamID: AccountStream.id(of: account))
    query.order = .effective
    query.throughStreamPosition = max(from.version, to.version)
    let (first, second) = (from.effectiveThroughMicros, to.effectiveThroughMicros)
    let last = max(first, second)
    query.effectiveThroughMicros = last == .max ? nil : last
    if first == second {
      query.afterStreamPosition = min(from.version, to.version)
    } else if from.version == to.version {
      query.effectiveFromMicros = min(first, second) + 1
    }
    return query
  }
}
