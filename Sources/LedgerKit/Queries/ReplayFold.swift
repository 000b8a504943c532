import EventStore
import LedgerDomain
import LedgerEvents
import LedgerProjections

/// An account as its events leave it, each checked before it is passed.
struct ReplayFold {
  private let log: ReadTransaction
  private var account: Account
  private var last: RecordedEvent?
  /// Made at the first event that was recorded late.
  private var timeline: AccountTimeline?
  private var count: Int64 = 0

  init(_ account: AccountID, _ log: ReadTransaction) {
    self.log = log
    self.account = Account(id: account)
  }

  /// What was found, up to `bug`.
  func outcome(_ bug: ReplayBug?) -> Replay {
    Replay(
      accountID: account.id, events: count, balance: account.standing?.balance, bug: bug)
  }

  /// Moves past `stored`, the next event of the stream, unless it is wrong.
  mutating func pass(
    _ stored: RecordedEvent
  ) throws -> (event: ReplayedEvent, bug: ReplayBug?) {
    let misplaced = problem(placing: stored)
    let decoded: DecodedEvent
    do {
      decoded = try decode(stored)
    } catch {
      let event = ReplayedEvent(
        recorded: stored, amount: nil, balanceBefore: account.standing?.balance, balanceAfter: nil)
      return (event, Self.bug(misplaced ?? error.problem, at: stored))
    }
    let event = replayed(decoded)
    if let problem = try misplaced ?? problem(deciding: decoded) {
      return (event, Self.bug(problem, at: decoded.recorded))
    }
    account.evolve(decoded.event, effectiveAt: stored.effectiveAt)
    if let change = decoded.event.timelineChange {
      timeline?.insert(change, at: stored.effectiveAt)
    }
    last = stored
    count += 1
    return (event, nil)
  }

  private func decode(_ stored: RecordedEvent) throws(EventDecodingError) -> DecodedEvent {
    let current = try log.current(stored)
    return DecodedEvent(account: account.id, event: try AccountEvent(current), recorded: current)
  }

  private func replayed(_ decoded: DecodedEvent) -> ReplayedEvent {
    let before = account.standing?.balance
    let amount = decoded.event.movement.map {
      Money(minorUnits: decoded.event.signedMinorUnits, in: $0.amount.currency)
    }
    let after: Money? =
      switch decoded.event {
      case .created(let opening): .zero(in: opening.currency)
      case .changed, .closed: before
      case .deposited, .withdrawn: amount.flatMap { Self.sum(before, $0) }
      }
    return ReplayedEvent(
      recorded: decoded.recorded, amount: amount, balanceBefore: before, balanceAfter: after)
  }

  /// Nil if it does not fit, or adds up two currencies.
  private static func sum(_ balance: Money?, _ amount: Money) -> Money? {
    guard let balance else { return amount }
    return balance.currency == amount.currency ? balance.adding(amount) : nil
  }

  private static func bug(_ problem: String, at event: RecordedEvent) -> ReplayBug {
    ReplayBug(
      version: event.streamPosition, position: event.position, problem: problem, event: event)
  }
}

// MARK: What can be wrong

extension ReplayFold {
  /// What is wrong with the place of `stored` after the events before it.
  private func problem(placing stored: RecordedEvent) -> String? {
    let expected = (last?.streamPosition ?? -1) + 1
    guard stored.streamPosition == expected else {
      return "its stream position is \(stored.streamPosition), expected \(expected)"
    }
    guard stored.effectiveAt <= stored.recordedAt else {
      return "it counts from \(stored.effectiveAt), after it was recorded at \(stored.recordedAt)"
    }
    guard let last else { return nil }
    guard stored.position > last.position else {
      return "its position is not above \(last.position), that of the event before it"
    }
    let isSameCommit = stored.commit.header.number == last.commit.header.number
    guard isSameCommit || stored.recordedAt > last.recordedAt else {
      return "it was recorded at \(stored.recordedAt), not after the event before it, "
        + "at \(last.recordedAt)"
    }
    return nil
  }

  /// Why the account's rules would not make this event now.
  private mutating func problem(deciding decoded: DecodedEvent) throws -> String? {
    do {
      let context = try decoded.context(on: account) { change, effectiveAt in
        var past =
          try timeline
          ?? AccountTimeline(of: account.id, through: decoded.recorded.streamPosition - 1, log)
        let effect = past.effect(of: change, at: effectiveAt)
        timeline = past
        return effect
      }
      let expected = try account.decide(decoded.event.request, context).asStored(in: decoded)
      guard decoded.event != expected else { return nil }
      if let stored = decoded.event.movement?.balanceAfter,
        let sum = expected.movement?.balanceAfter, stored != sum
      {
        return "its balanceAfter is \(stored.text), but the events up to it add up to \(sum.text)"
      }
      return "it is not what its command makes of \(account.id)"
    } catch let rejection as Rejection {
      return "it should have been refused: \(rejection.code): \(rejection.message)"
    }
  }

  /// Throws `ReplayBug` if what is kept of the account after its last event is not what its events make.
  func checkStoredBalance() throws {
    guard let last, let standing = account.standing else { return }
    func fail(_ problem: String) -> ReplayBug {
      ReplayBug(
        version: last.streamPosition, position: last.position,
        problem: "\(AccountBalances.name) \(problem)", event: nil)
    }
    var found: AccountBalances.Row?
    try log.query(AccountBalances.self) { database in
      do {
        try AccountBalances.forEach(of: account.id, in: database) { found = $0 }
      } catch let error as EventDecodingError {
        throw fail("can't be read: \(error.problem)")
      }
    }
    guard let row = found else { throw fail("has no row for \(account.id) at any event") }
    func expect<Value: Equatable>(_ what: String, _ kept: Value, _ folded: Value) throws {
      guard kept == folded else {
        throw fail("has \(what) \(kept) for \(account.id), but its events make \(folded)")
      }
    }
    try expect("balance", row.balance.text, standing.balance.text)
    try expect("overdraft limit", row.overdraftLimit.text, standing.overdraftLimit.text)
    try expect("closed =", row.isClosed, account.isClosed)
    try expect("version", row.version, last.streamPosition)
    try expect("position", row.position, last.commit.header.lastPosition)
  }
}
