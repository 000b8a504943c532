/// What may be asked of one account, and refused.
public enum AccountCommand: Hashable, Sendable {
  /// Nil as overdraft limit means zero.
  case open(Currency, overdraftLimit: Amount?, holder: String?)
  /// Nil means: as it is.
  case change(overdraftLimit: Amount?, holder: String?)
  case deposit(Amount, MovementDetails)
  case withdraw(Amount, MovementDetails)
  case close

  /// What a movement carries besides its amount.
  public struct MovementDetails: Hashable, Sendable {
    public var counterparty: AccountID?
    public var transferID: String?
    public var description: String?

    public init(
      counterparty: AccountID? = nil, transferID: String? = nil, description: String? = nil
    ) {
      self.counterparty = counterparty
      self.transferID = transferID
      self.description = description
    }
  }
}

/// When a command counts, and what stands around that time.
public struct DecisionContext: Sendable {
  public var effectiveAt: Instant
  /// The account's past; needed if the account has something that counts after `effectiveAt`.
  public var timeline: AccountTimeline?
  /// Whether balances between `effectiveAt` and now may fall below the limit.
  public var allowsPastOverdraft: Bool

  public init(
    effectiveAt: Instant, timeline: AccountTimeline? = nil, allowsPastOverdraft: Bool = false
  ) {
    self.effectiveAt = effectiveAt
    self.timeline = timeline
    self.allowsPastOverdraft = allowsPastOverdraft
  }
}
