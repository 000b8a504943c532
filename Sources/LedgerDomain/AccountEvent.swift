/// Something that happened to one account: past tense, immutable, kept for ever.
///
/// Every amount is in the account's currency; the case says which way money moved.
public enum AccountEvent: Hashable, Sendable {
  case created(Opening)
  case changed(Change)
  case deposited(Movement)
  case withdrawn(Movement)
  case closed

  /// What an account is opened with.
  public struct Opening: Hashable, Sendable {
    /// The account that was opened.
    public var accountID: AccountID
    /// How far below zero the balance may go; in the account's currency, never negative.
    public var overdraftLimit: Money
    /// Personal text: nil if it was never given, or was erased.
    public var holder: String?

    /// A value with all its fields.
    public init(accountID: AccountID, overdraftLimit: Money, holder: String?) {
      self.accountID = accountID
      self.overdraftLimit = overdraftLimit
      self.holder = holder
    }

    /// The account's currency, in which all its amounts are.
    public var currency: Currency { overdraftLimit.currency }
  }

  /// What changed about an account; nil means that it stayed.
  public struct Change: Hashable, Sendable {
    /// How far below zero the balance may go from now on.
    public var overdraftLimit: Money?
    /// Personal text: nil also if it was erased.
    public var holder: String?

    /// A value with all its fields.
    public init(overdraftLimit: Money?, holder: String?) {
      self.overdraftLimit = overdraftLimit
      self.holder = holder
    }
  }

  /// A deposit, a withdrawal, or one leg of a transfer.
  public struct Movement: Hashable, Sendable {
    /// Always more than zero.
    public var amount: Money
    /// The balance in the order of recording, this movement included; nil if it was recorded without
    /// (version 1).
    public var balanceAfter: Money?
    /// The other account of a transfer; nil for money that enters or leaves the ledger.
    public var counterparty: AccountID?
    /// Shared by the two legs of a transfer.
    public var transferID: String?
    /// Personal text: nil if it was never given, or was erased.
    public var description: String?

    /// A value with all its fields.
    public init(
      amount: Money, balanceAfter: Money?, counterparty: AccountID? = nil,
      transferID: String? = nil, description: String? = nil
    ) {
      self.amount = amount
      self.balanceAfter = balanceAfter
      self.counterparty = counterparty
      self.transferID = transferID
      self.description = description
    }
  }
}

extension AccountEvent {
  /// The movement, if the event is one.
  public var movement: Movement? {
    switch self {
    case .deposited(let movement), .withdrawn(let movement): movement
    case .created, .changed, .closed: nil
    }
  }

  /// How the event moved the balance: minor units, negative for a withdrawal, 0 for other events.
  public var signedMinorUnits: Int64 {
    switch self {
    case .deposited(let movement): movement.amount.minorUnits
    case .withdrawn(let movement): -movement.amount.minorUnits
    case .created, .changed, .closed: 0
    }
  }

  /// What the event does to its account's timeline; nil if nothing.
  public var timelineChange: AccountTimeline.Change? {
    switch self {
    case .deposited, .withdrawn: .movement(minorUnits: signedMinorUnits)
    case .changed(let change): change.overdraftLimit.map { .limit(minorUnits: $0.minorUnits) }
    case .created, .closed: nil
    }
  }
}
