/// One account as its events have left it, in the order in which they were recorded.
///
/// `decide` (Account+Decide.swift) holds the rules, `evolve` here holds none.
public struct Account: Hashable, Sendable {
  /// Its id.
  public let id: AccountID
  /// What its events have made of it.
  public private(set) var state: State = .unopened

  /// What can be true of an account.
  public enum State: Hashable, Sendable {
    case unopened
    case active(Standing)
    /// For ever: a closed id is never opened again.
    case closed(Standing)
  }

  /// Where an account stands.
  public struct Standing: Hashable, Sendable {
    /// What all movements so far add up to.
    public var balance: Money
    /// How far below zero the balance may go.
    public var overdraftLimit: Money
    /// The latest effective time of a movement or a change; nil before the first.
    ///
    /// What counts at or after it can't disturb any balance in between.
    public var latestEffectiveAt: Instant?
    /// When the opening counts; nil if something stands before it, as in a damaged ledger.
    public var openedAt: Instant? = nil
    /// When the overdraft limit came into force; nil if it is the one the account was opened with.
    public var limitSince: Instant? = nil

    /// A value with all its fields.
    public init(
      balance: Money, overdraftLimit: Money, latestEffectiveAt: Instant?,
      openedAt: Instant? = nil, limitSince: Instant? = nil
    ) {
      self.balance = balance
      self.overdraftLimit = overdraftLimit
      self.latestEffectiveAt = latestEffectiveAt
      self.openedAt = openedAt
      self.limitSince = limitSince
    }
  }

  /// The account before its first event, or in a state that was saved.
  public init(id: AccountID, state: State = .unopened) {
    (self.id, self.state) = (id, state)
  }

  /// Where it stands, closed or not; nil before its first event.
  public var standing: Standing? {
    switch state {
    case .unopened: nil
    case .active(let standing), .closed(let standing): standing
    }
  }

  /// Whether it was closed.
  public var isClosed: Bool {
    if case .closed = state { true } else { false }
  }

  /// Moves the state past `event`, which counts at `effectiveAt`.
  ///
  /// `decide` ran before the event was stored, so this accepts any history, even one that breaks the
  /// rules or wraps around 64 bits: `verify` is the one that points at it.
  public mutating func evolve(_ event: AccountEvent, effectiveAt: Instant) {
    switch event {
    case .created(let opening):
      state = .active(
        Standing(
          balance: .zero(in: opening.currency), overdraftLimit: opening.overdraftLimit,
          latestEffectiveAt: nil, openedAt: effectiveAt))
    case .changed(let change):
      updateStanding(at: effectiveAt) { standing in
        guard let limit = change.overdraftLimit,
          standing.limitSince.map({ $0 <= effectiveAt }) ?? true
        else { return }
        standing.overdraftLimit = limit
        standing.limitSince = effectiveAt
      }
    case .deposited(let movement):
      move(by: movement.amount.minorUnits, in: movement.amount.currency, at: effectiveAt)
    case .withdrawn(let movement):
      move(by: 0 &- movement.amount.minorUnits, in: movement.amount.currency, at: effectiveAt)
    case .closed:
      if let standing { state = .closed(standing) }
    }
  }

  private mutating func move(by minorUnits: Int64, in currency: Currency, at effectiveAt: Instant) {
    if case .unopened = state {
      let nothing = Money.zero(in: currency)
      state = .active(Standing(balance: nothing, overdraftLimit: nothing, latestEffectiveAt: nil))
    }
    updateStanding(at: effectiveAt) { standing in
      let sum = standing.balance.minorUnits &+ minorUnits
      standing.balance = Money(minorUnits: sum, in: standing.balance.currency)
    }
  }

  private mutating func updateStanding(
    at effectiveAt: Instant, _ update: (inout Standing) -> Void
  ) {
    guard var standing else { return }
    update(&standing)
    standing.latestEffectiveAt = max(standing.latestEffectiveAt ?? effectiveAt, effectiveAt)
    state = isClosed ? .closed(standing) : .active(standing)
  }
}
