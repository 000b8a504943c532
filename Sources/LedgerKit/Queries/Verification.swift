public import EventStore
import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What `verify` found in an intact ledger.
public struct Verification: Hashable, Sendable {
  /// How many commits there are.
  public let commits: Int64
  /// How many events there are.
  public let events: Int64
  /// The hash chain's head.
  public let headHash: Digest256
}

extension Ledger {
  /// Checks the whole ledger: the store's promises, the rules that every event had to pass when it was
  /// recorded, each projection against its events, and the totals per currency.
  ///
  /// Hashes and rules up to position `trusted` are taken as checked before; it must be the end of a
  /// commit, or 0. Everything else is compared with all events. Then, that the ledger still holds the
  /// history of everything in `heads`: its own hashes show neither that its end was cut off, nor that all
  /// of it was written anew. `progress` is told several times how many events of how many are checked.
  ///
  /// Memory stays flat, but for the instants of an account with late events. Throws
  /// `StoreFileError.damaged` with the first bad position, and `InsideCommitError` if no commit ends at
  /// `trusted`.
  public func verify(
    from trusted: Int64 = 0, against heads: [NotedHead] = [],
    progress: @escaping (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws -> Verification {
    try store.read { log in
      do {
        let rules = try RuleCheck(ledger: self, log: log, from: trusted)
        let verified = try log.verify(from: trusted, progress: progress, check: rules.check)
        try rules.checkNoSnapshotIsLeft()
        try checkTotals(rules.netExternalMinor, log)
        try log.check(against: heads)
        return Verification(
          commits: verified.commits, events: verified.events, headHash: verified.headHash)
      } catch let problem as StoreProblem {
        throw StoreFileError(problem, path: store.path)
      } catch let error as EventDecodingError {
        throw StoreFileError.damaged(
          path: store.path, position: error.position, problem: error.problem)
      }
    }
  }

  /// For each currency, the sum of all balances is what came in from outside minus what went out.
  private func checkTotals(_ external: [Currency: Int128], _ log: ReadTransaction) throws {
    var difference = external
    try log.query(AccountBalances.self) { database in
      try AccountBalances.forEach(in: database) { row in
        difference[row.balance.currency, default: 0] -= Int128(row.balance.minorUnits)
      }
    }
    for (currency, rest) in difference where rest != 0 {
      throw StoreFileError.damaged(
        path: store.path, position: nil,
        problem: "the balances in \(currency) differ from deposits minus withdrawals by "
          + "\(-rest) minor units")
    }
  }
}

/// Decides every commit again, against what was known at its position.
private final class RuleCheck {
  private let ledger: Ledger
  private let log: ReadTransaction
  /// Commits up to this position are taken as they are.
  private let trusted: Int64
  private var accounts = BoundedCache<AccountID, Known>(limit: 65_536)
  private(set) var netExternalMinor: [Currency: Int128] = [:]
  /// What backdated commands did to the past is asked of it.
  private var balances: AccountBalances?
  private var periods = PeriodRules()
  private var alerts = AlertRules()
  /// The links of the commits before.
  private var reversals: CommitLinks?

  /// Snapshots in the order of the log, and the next of them.
  private let snapshots: SnapshotCursor
  private var nextSnapshot: Snapshot? {
    didSet { nextSnapshotPosition = nextSnapshot?.position ?? .max }
  }
  private var nextSnapshotPosition: Int64

  /// An account as the commits so far have left it; changed in its place.
  private final class Known {
    var loaded: LoadedAccount

    init(_ loaded: LoadedAccount) { self.loaded = loaded }
  }

  init(ledger: Ledger, log: ReadTransaction, from trusted: Int64) throws {
    (self.ledger, self.log, self.trusted) = (ledger, log, trusted)
    snapshots = try log.snapshotsByPosition()
    nextSnapshot = try snapshots.next()
    nextSnapshotPosition = nextSnapshot?.position ?? .max
  }

  /// Throws `StoreProblem` if no command could have made this commit; else returns it for `copies`, which
  /// have seen all commits before.
  func check(
    _ events: [RecordedEvent], _ copies: ProjectionCopies
  ) throws -> [ProjectedEvent] {
    balances = balances ?? copies.projection(AccountBalances.self)
    reversals = reversals ?? copies.projection(CommitLinks.self)
    switch try RecordedCommit(events) {
    case .command(let command):
      try check(command)
      return command.legs.map { ProjectedEvent($0.recorded, content: $0) }
    case .erasure(let recorded, _): if recorded.position > trusted { try checkErasure(recorded) }
    case .period(let recorded, let event):
      if recorded.position > trusted { try periods.check(event, recorded, log) }
      periods.evolve(event, at: recorded.position)
    case .alert(let recorded, let event):
      if recorded.position > trusted { try alerts.check(event, recorded, log) }
      alerts.evolve(event)
    }
    return events.map { ProjectedEvent($0, content: nil) }
  }

  /// What it names, the store has checked.
  private func checkErasure(_ recorded: RecordedEvent) throws {
    let header = recorded.commit.header
    guard header.reasonDigest != nil, header.explicitEffectiveAtMicros == nil,
      header.idempotencyKey == nil, header.otherMetadata == nil
    else {
      throw StoreProblem(
        position: recorded.position,
        problem: "no command erases without a reason, under a key, or at another time than now")
    }
  }

  private func check(_ command: RecordedCommand) throws {
    let accounts = try command.legs.map { try account($0.account, before: $0.recorded) }
    if command.legs[0].recorded.position > trusted { try checkRules(command, accounts) }
    for (leg, account) in zip(command.legs, accounts) {
      account.loaded.evolve(recordedAtMicros: leg.recorded.recordedAt.micros) { state in
        state.evolve(leg.event, effectiveAt: leg.recorded.effectiveAt)
      }
      addExternal(leg.event)
      try checkSnapshot(at: leg.recorded.position, account.loaded)
    }
  }

  private func checkRules(_ command: RecordedCommand, _ accounts: [Known]) throws {
    guard let name = command.name else {
      let types = command.legs.map(\.recorded.type).joined(separator: " and ")
      throw StoreProblem(
        position: command.legs[0].recorded.position,
        problem: "no command makes a commit of \(types)")
    }
    for (leg, account) in zip(command.legs, accounts) { try checkVersion(leg, account.loaded) }
    try checkFingerprint(command)
    try LinkCheck(log: log, reversals: reversals).check(command)
    let expected = try decide(command, accounts.map(\.loaded.account), name)
    for (leg, event) in zip(command.legs, expected) where leg.event != event.asStored(in: leg) {
      throw StoreProblem(
        position: leg.recorded.position,
        problem: "the \(leg.recorded.type) is not what its \(name) makes of \(leg.account)")
    }
  }

  /// The account before `recorded`, kept from the commits before or folded afresh.
  private func account(_ id: AccountID, before recorded: RecordedEvent) throws -> Known {
    if let known = accounts[id] { return known }
    let known = Known(
      recorded.streamPosition > 0
        ? try ledger.load(id, log, through: recorded.streamPosition - 1)
        : LoadedAccount(before: AccountStream.id(of: id)))
    accounts[id] = known
    return known
  }

  /// Compares the snapshot that stands at `position`, if one does, to the account there.
  private func checkSnapshot(at position: Int64, _ account: LoadedAccount) throws {
    guard nextSnapshotPosition <= position else { return }
    while let snapshot = nextSnapshot, snapshot.position <= position {
      let isOfThisAccount = snapshot.streamID == AccountStream.id(of: account.account.id)
      let problem =
        snapshot.position == position && isOfThisAccount
        ? try log.problem(with: snapshot, at: account) : "it is of no event of its stream"
      if let problem { throw Self.problem(problem, with: snapshot) }
      nextSnapshot = try snapshots.next()
    }
  }

  /// Throws if a snapshot stands after the last event.
  func checkNoSnapshotIsLeft() throws {
    guard let nextSnapshot else { return }
    throw Self.problem("it is ahead of the log", with: nextSnapshot)
  }

  private static func problem(_ text: String, with snapshot: Snapshot) -> StoreProblem {
    StoreProblem(
      position: snapshot.position,
      problem: "the snapshot of '\(snapshot.streamID)' at version \(snapshot.streamPosition) is "
        + "wrong: \(text)")
  }

  private func checkVersion(_ leg: RecordedCommand.Leg, _ account: LoadedAccount) throws {
    guard leg.recorded.streamPosition == (account.version ?? -1) + 1 else {
      throw StoreProblem(
        position: leg.recorded.position,
        problem: "its stream position is \(leg.recorded.streamPosition), "
          + "expected \((account.version ?? -1) + 1)")
    }
  }

  private func checkFingerprint(_ command: RecordedCommand) throws {
    guard let fingerprint = command.commit.fingerprint, let first = command.legs.first else {
      return
    }
    let content = CommandContent(command)
    guard content.fingerprint(personalDigest: first.recorded.personalDigest) == fingerprint else {
      throw StoreProblem(
        position: first.recorded.position, problem: "its fingerprint is not that of its command")
    }
  }

  private func decide(
    _ command: RecordedCommand, _ accounts: [Account], _ name: String
  ) throws -> [AccountEvent] {
    do {
      try periods.watermark.requireOpen(at: command.legs[0].recorded.effectiveAt)
      let contexts = try zip(command.legs, accounts).map { leg, account in
        try leg.context(on: account) { change, effectiveAt in
          try balances?.effect(of: change, at: effectiveAt, on: leg.account, log)
        }
      }
      if let movement = command.legs[0].event.movement, let id = command.transferID {
        let transfer = Transfer(
          amount: Amount(movement.amount), transferID: id, description: movement.description)
        let legs = try transfer.decide(
          from: accounts[0], contexts[0], to: accounts[1], contexts[1])
        let events = [legs.withdrawn, legs.deposited]
        guard command.legs.contains(where: { $0.recorded.personalText != nil }) else {
          return events
        }
        return events.enumerated().map { index, event in
          // The payee's copy of the description may have been erased, or the payer's.
          event.describing(command.legs[index].event.movement?.description)
        }
      }
      let request = command.legs[0].event.request
      return [try accounts[0].decide(request, contexts[0])]
    } catch let rejection as Rejection {
      throw StoreProblem(
        position: command.legs[0].recorded.position,
        problem: "this \(name) should have been refused: \(rejection.code): \(rejection.message)")
    }
  }

  private func addExternal(_ event: AccountEvent) {
    guard let movement = event.movement, movement.transferID == nil else { return }
    netExternalMinor[movement.amount.currency, default: 0] += Int128(event.signedMinorUnits)
  }
}

extension AccountEvent {
  fileprivate func describing(_ description: String?) -> AccountEvent {
    changing { $0.description = description }
  }
}
