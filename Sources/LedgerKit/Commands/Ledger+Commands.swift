import EventStore
import LedgerDomain
import LedgerEvents

extension Ledger {
  /// Performs `command` durably, or returns the first receipt if its key was used for it before.
  ///
  /// One commit, all or nothing: when this returns, it survives power loss. Throws `Rejection` if a
  /// rule says no, and then nothing was written.
  public func perform(_ command: Command, _ options: CommandOptions) throws -> Receipt {
    try booking { try $0.perform(command, options) }
  }

  /// The receipt that `perform` would return; writes nothing.
  public func rehearse(_ command: Command, _ options: CommandOptions) throws -> Receipt {
    try rehearsal { try $0.perform(command, options) }
  }

  /// Lets `body` perform several commands in one transaction: durable together or not at all.
  package func booking<Result>(_ body: (Booking) throws -> Result) throws -> Result {
    do {
      return try store.write { try body(try Booking(ledger: self, transaction: $0)) }
    } catch {
      accounts.removeAll()
      throw error
    }
  }

  /// Lets `body` perform several commands and takes all of them back.
  package func rehearsal<Result>(_ body: (Booking) throws -> Result) throws -> Result {
    defer { accounts.removeAll() }
    return try store.rehearse { try body(try Booking(ledger: self, transaction: $0)) }
  }

  /// The receipt of a recorded command, the same whenever it is asked for.
  func receipt(of recorded: RecordedCommand, _ log: ReadTransaction) throws -> Receipt {
    let commit = recorded.commit
    let header = commit.header
    return Receipt(
      command: recorded.name ?? "unknown", isReplay: false, ledgerID: id,
      position: header.lastPosition, transferID: recorded.transferID,
      reverses: recorded.links.reverses,
      rebooks: try recorded.links.reverses.flatMap { try reversal(by: $0, log) },
      corrects: recorded.links.corrects,
      recordedAt: Instant(micros: header.recordedAtMicros),
      effectiveAt: Instant(micros: header.effectiveAtMicros),
      correlationID: header.correlationID, idempotencyKey: header.idempotencyKey,
      headHash: commit.hash,
      accounts: try recorded.legs.map { leg in
        .init(
          accountID: leg.account, version: leg.recorded.streamPosition,
          balance: try balance(after: leg, log))
      },
      events: recorded.legs.map(\.recorded))
  }

  /// Where the commit ends that the one at `position` reversed; nil if it reversed none.
  private func reversal(by position: Int64, _ log: ReadTransaction) throws -> Int64? {
    try log.commit(at: position)?.first.map { try LinkMetadata($0) }?.reverses
  }

  private func balance(after leg: RecordedCommand.Leg, _ log: ReadTransaction) throws -> Money {
    switch leg.event {
    case .created(let opening): return .zero(in: opening.currency)
    case .deposited(let movement), .withdrawn(let movement):
      return try movement.balanceAfter ?? foldedBalance(after: leg, log)
    case .changed, .closed: return try foldedBalance(after: leg, log)
    }
  }

  private func foldedBalance(
    after leg: RecordedCommand.Leg, _ log: ReadTransaction
  ) throws -> Money {
    let version = leg.recorded.streamPosition
    if let cached = accounts[leg.account], cached.version == version,
      let standing = cached.account.standing
    {
      return standing.balance
    }
    guard let standing = try load(leg.account, log, through: version).account.standing else {
      throw StoreFileError.damaged(
        path: store.path, position: leg.recorded.position,
        problem: "\(leg.account) has events before it was opened")
    }
    return standing.balance
  }
}
