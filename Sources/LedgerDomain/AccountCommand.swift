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
    /// The other account of a transfer; nil for other movements.
    public var counterparty: AccountID?
    /// Shared by the two legs of a transfer; nil for other movements.
    public var transferID: String?
    /// What it is for; nil if nobody says.
    public var description: String?

    /// A value with all its fields.
    public init(
      counterparty: AccountID? = nil, transferID: String? = nil, description: String? = nil
    ) {
      self.counterparty = counterparty
      self.transferID = transferID
      self.description = description
    }
  }
}

/// When a command counts, and what it would do to what counts after that.
public struct DecisionContext: Sendable {
  /// When the command counts.
  public var effectiveAt: Instant
  /// What `Account.timelineChange(of:)` would do to the account's timeline; needed if
  /// `Account.needsTimeline(at:)`.
  public var effectOnPast: AccountTimeline.Effect?
  /// Whether balances between `effectiveAt` and now may fall below the limit.
  public var allowsPastOverdraft: Bool

  /// A value with all its fields.
  public init(
    effectiveAt: Instant, effectOnPast: AccountTimeline.Effect? = nil,
    allowsPastOverdraft: Bool = false
  ) {
    self.effectiveAt = effectiveAt
    self.effectOnPast = effectOnPast
    self.allowsPastOverdraft = allowsPastOverdraft
  }
}
