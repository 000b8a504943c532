import EventStore
import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Events that a command makes, not yet recorded.
struct Decision {
  let legs: [Leg]
  /// When the commit counts, if the caller said so.
  let effectiveAt: Instant?
  var links = LinkMetadata()

  struct Leg {
    let event: AccountEvent
    let after: LoadedAccount

    var id: AccountID { after.account.id }

    /// It, recorded as `stored`.
    func recorded(as stored: RecordedEvent) -> RecordedCommand.Leg {
      assert((try? AccountEvent(stored)) == event, "an event is read back as it was written")
      return .init(account: id, event: event, recorded: stored)
    }
  }

  var accountsAfter: [AccountID: LoadedAccount] {
    Dictionary(legs.map { ($0.id, $0.after) }) { _, last in last }
  }
}

extension Booking {
  /// What `command` makes of the accounts, as they are and with those of `unrecorded`.
  func decide(
    _ command: Command, _ options: CommandOptions,
    assuming unrecorded: [AccountID: LoadedAccount] = [:]
  ) throws -> Decision {
    let deciding = try Deciding(self, options, assuming: unrecorded)
    var decision =
      if case .reverse(let reversal) = command {
        try opposite(of: reversal, options, assuming: unrecorded)
      } else {
        try deciding.decide(command)
      }
    decision.links.corrects = try options.corrects.map(commitEnd(of:))
    return decision
  }

  private func opposite(
    of reversal: Reversal, _ options: CommandOptions,
    assuming unrecorded: [AccountID: LoadedAccount]
  ) throws -> Decision {
    let commit = try reversible(reversal)
    var options = options
    if reversal.keepsEffectiveTime {
      precondition(options.effectiveAt == nil, "it counts when the reversed commit does")
      options.effectiveAt = commit.effectiveAt
    }
    let deciding = try Deciding(self, options, assuming: unrecorded)
    var decision = try deciding.decide(commit.opposite)
    decision.links.reverses = commit.position
    return decision
  }
}

/// Decides one command at one time.
private struct Deciding {
  private let booking: Booking
  private let options: CommandOptions
  /// Accounts that will be as here once what was decided before is recorded.
  private let unrecorded: [AccountID: LoadedAccount]
  private let now: Instant
  private let effectiveAt: Instant

  /// Throws `Rejection` if nothing may count when `options` say.
  init(
    _ booking: Booking, _ options: CommandOptions, assuming unrecorded: [AccountID: LoadedAccount]
  ) throws {
    (self.booking, self.options, self.unrecorded) = (booking, options, unrecorded)
    now = try booking.transaction.nextRecordedAt()
    effectiveAt = options.effectiveAt ?? now
    guard effectiveAt <= now else {
      throw Rejection.effectiveInFuture(effectiveAt: effectiveAt, now: now)
    }
    try booking.watermark.requireOpen(at: effectiveAt)
  }

  func decide(_ command: Command) throws -> Decision {
    switch command {
    case .open(let id, let currency, let limit, let holder):
      return try one(id, .open(currency, overdraftLimit: limit, holder: holder))
    case .change(let id, let limit, let holder):
      return try one(id, .change(overdraftLimit: limit, holder: holder))
    case .deposit(let amount, let id, let description):
      return try one(id, .deposit(amount, .init(description: description)))
    case .withdraw(let amount, let id, let description):
      return try one(id, .withdraw(amount, .init(description: description)))
    case .close(let id):
      return try one(id, .close)
    case .transfer(let amount, let payer, let payee, let description):
      let transfer = Transfer(
        amount: amount, transferID: booking.ledger.newID(at: now), description: description)
      return try decide(transfer, from: payer, to: payee)
    case .reverse: preconditionFailure("a reversal is decided as what takes its commit back")
    }
  }

  private func one(_ id: AccountID, _ command: AccountCommand) throws -> Decision {
    let loaded = try load(id, options.expectedVersion)
    let event = try loaded.account.decide(command, try context(loaded.account, command))
    return Decision(legs: [leg(of: loaded, event)], effectiveAt: options.effectiveAt)
  }

  private func decide(
    _ transfer: Transfer, from payerID: AccountID, to payeeID: AccountID
  ) throws -> Decision {
    guard payerID != payeeID else { throw Rejection.sameAccount(payerID) }
    let payer = try load(payerID, options.expectedVersion)
    let payee = try load(payeeID, options.expectedVersionTo)
    let asked = transfer.commands(from: payer.account, to: payee.account)
    let (withdrawn, deposited) = try transfer.decide(
      from: payer.account, try context(payer.account, asked.withdrawal),
      to: payee.account, try context(payee.account, asked.deposit))
    return Decision(
      legs: [leg(of: payer, withdrawn), leg(of: payee, deposited)],
      effectiveAt: options.effectiveAt)
  }

  private func load(_ id: AccountID, _ expected: ExpectedVersion) throws -> LoadedAccount {
    let loaded = try unrecorded[id] ?? booking.ledger.load(id, booking.transaction.log)
    guard expected.accepts(loaded.version) else {
      throw Rejection.versionConflict(id, expected: "\(expected)", actual: loaded.version)
    }
    return loaded
  }

  private func context(_ account: Account, _ command: AccountCommand) throws -> DecisionContext {
    let change = account.needsTimeline(at: effectiveAt) ? account.timelineChange(of: command) : nil
    return DecisionContext(
      effectiveAt: effectiveAt,
      effectOnPast: try change.map { change in
        try booking.transaction.projection(AccountBalances.self).effect(
          of: change, at: effectiveAt, on: account.id, booking.transaction.log)
      }, allowsPastOverdraft: options.allowsPastOverdraft)
  }

  private func leg(of loaded: LoadedAccount, _ event: AccountEvent) -> Decision.Leg {
    let after = loaded.evolved(by: event, effectiveAt: effectiveAt, recordedAt: now)
    return .init(event: event, after: after)
  }
}
