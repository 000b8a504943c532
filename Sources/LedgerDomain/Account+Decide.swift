extension Account {
  /// The event that `command` makes of this account, or why it is refused.
  ///
  /// Guards stand in the order of precedence that `Rejection` declares.
  public func decide(
    _ command: AccountCommand, _ context: DecisionContext
  ) throws(Rejection) -> AccountEvent {
    switch command {
    case .open(let currency, let limit, let holder):
      return .created(try opening(in: currency, limit, holder))
    case .change(let limit, let holder):
      return .changed(try change(limit, holder, context))
    case .deposit(let amount, let details):
      return .deposited(try deposit(amount, details, context))
    case .withdraw(let amount, let details):
      return .withdrawn(try withdrawal(amount, details, context))
    case .close:
      try checkClosable(context)
      return .closed
    }
  }

  /// What `command` would add to the account's timeline; nil if nothing, or if it is refused whatever the
  /// past.
  public func timelineChange(of command: AccountCommand) -> AccountTimeline.Change? {
    guard case .active(let standing) = state else { return nil }
    let currency = standing.balance.currency
    switch command {
    case .deposit(let amount, _):
      return (try? amount.movement(in: currency)).map { .movement(minorUnits: $0.minorUnits) }
    case .withdraw(let amount, _):
      return (try? amount.movement(in: currency)).map { .movement(minorUnits: -$0.minorUnits) }
    case .change(let limit, _):
      return (try? limit?.money(in: currency)).map { .limit(minorUnits: $0.minorUnits) }
    case .open, .close: return nil
    }
  }

  /// Whether deciding about something that counts at `effectiveAt` needs the account's timeline.
  public func needsTimeline(at effectiveAt: Instant) -> Bool {
    guard let latest = standing?.latestEffectiveAt else { return false }
    return effectiveAt < latest
  }

  private func opening(
    in currency: Currency, _ limit: Amount?, _ holder: String?
  ) throws(Rejection) -> AccountEvent.Opening {
    guard case .unopened = state else { throw .accountExists(id) }
    let overdraftLimit = try limit?.money(in: currency) ?? .zero(in: currency)
    return .init(accountID: id, overdraftLimit: overdraftLimit, holder: holder)
  }

  private func change(
    _ limit: Amount?, _ holder: String?, _ context: DecisionContext
  ) throws(Rejection) -> AccountEvent.Change {
    let standing = try activeStanding()
    guard let limit else { return .init(overdraftLimit: nil, holder: holder) }
    let money = try limit.money(in: standing.balance.currency)
    let isReplaced = standing.limitSince.map { context.effectiveAt < $0 } ?? false
    guard isReplaced || Standing.isCovered(standing.balance.minorUnits, limit: money.minorUnits)
    else { throw .overdraftLimitTooLow(id, balance: standing.balance, limit: money) }
    try check(effectOnPast(context), context)
    return .init(overdraftLimit: money, holder: holder)
  }

  private func deposit(
    _ amount: Amount, _ details: AccountCommand.MovementDetails, _ context: DecisionContext
  ) throws(Rejection) -> AccountEvent.Movement {
    let standing = try activeStanding()
    let money = try amount.movement(in: standing.balance.currency)
    guard let balanceAfter = standing.balance.adding(money) else { throw .amountOverflow(id) }
    try check(effectOnPast(context), context)
    return details.movement(of: money, balanceAfter: balanceAfter)
  }

  private func withdrawal(
    _ amount: Amount, _ details: AccountCommand.MovementDetails, _ context: DecisionContext
  ) throws(Rejection) -> AccountEvent.Movement {
    let standing = try activeStanding()
    let money = try amount.movement(in: standing.balance.currency)
    guard let balanceAfter = standing.balance.subtracting(money) else { throw .amountOverflow(id) }
    let effect = effectOnPast(context)
    guard effect != .overflow else { throw .amountOverflow(id) }
    guard
      Standing.isCovered(
        balanceAfter.minorUnits, limit: standing.overdraftLimit.minorUnits)
    else { throw .insufficientFunds(id, available: standing.available, needed: money) }
    try check(effect, context)
    return details.movement(of: money, balanceAfter: balanceAfter)
  }

  private func checkClosable(_ context: DecisionContext) throws(Rejection) {
    let standing = try activeStanding()
    let latest = [standing.openedAt, standing.latestEffectiveAt].compactMap(\.self).max()
    if let latest, context.effectiveAt < latest {
      throw .closedBeforeLastChange(id, effectiveAt: context.effectiveAt, lastChangeAt: latest)
    }
    guard standing.balance.minorUnits == 0 else {
      throw .balanceNotZero(id, balance: standing.balance)
    }
  }

  private func activeStanding() throws(Rejection) -> Standing {
    switch state {
    case .unopened: throw .accountNotFound(id)
    case .closed: throw .accountClosed(id)
    case .active(let standing): return standing
    }
  }

  /// What becomes of the balances that count at or after a backdated change.
  private func effectOnPast(_ context: DecisionContext) -> AccountTimeline.Effect {
    guard needsTimeline(at: context.effectiveAt) else { return .harmless }
    guard let effect = context.effectOnPast else {
      preconditionFailure("a backdated command is decided with its effect on the past")
    }
    return effect
  }

  private func check(
    _ effect: AccountTimeline.Effect, _ context: DecisionContext
  ) throws(Rejection) {
    guard let currency = standing?.balance.currency else { return }
    switch effect {
    case .harmless: return
    case .overflow: throw .amountOverflow(id)
    case .overdraws where context.allowsPastOverdraft: return
    case .overdraws(let instant, let shortMinorUnits):
      let short = Money(minorUnits: shortMinorUnits, in: currency)
      throw .pastOverdraft(id, at: instant, short: short)
    }
  }
}

extension Account.Standing {
  /// What can be withdrawn: the balance and the overdraft limit together, at most what 64 bits hold.
  public var available: Money {
    let sum = Int128(balance.minorUnits) + Int128(overdraftLimit.minorUnits)
    return Money(minorUnits: Int64(clamping: sum), in: balance.currency)
  }

  static func isCovered(_ balanceMinor: Int64, limit limitMinor: Int64) -> Bool {
    Int128(balanceMinor) + Int128(limitMinor) >= 0
  }
}

extension AccountCommand.MovementDetails {
  fileprivate func movement(of amount: Money, balanceAfter: Money) -> AccountEvent.Movement {
    .init(
      amount: amount, balanceAfter: balanceAfter, counterparty: counterparty,
      transferID: transferID, description: description)
  }
}
