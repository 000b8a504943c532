public import EventStore
public import LedgerDomain

/// What outsiders are told of a ledger: one thing that happened, in words that stay when the stored
/// events change.
///
/// Derived from the events of one commit, and the same whenever it is derived, but for text that
/// was erased meanwhile. Every stored event belongs to one at most.
public struct IntegrationEvent: Hashable, Sendable {
  /// What happened.
  public let fact: Fact
  /// The ledger in which it happened.
  public let ledgerID: String
  /// Global positions of the stored events that it tells, ascending: the legs of a transfer, else
  /// one.
  public let positions: [Int64]
  /// The commit that recorded these.
  public let commit: Commit
  /// Where the commit ends whose opposite this one booked; nil if it reverses none.
  public let reverses: Int64?
  /// Where the commit ends that this one corrects; nil if nobody said so.
  public let corrects: Int64?
  /// Whether personal text of it was erased: of a transfer, that of either leg.
  public let isTextErased: Bool

  /// Everything that outsiders are told of. Personal text is nil if it was never given, or was
  /// erased.
  public enum Fact: Hashable, Sendable {
    case accountOpened(AccountEvent.Opening)
    case accountChanged(AccountID, AccountEvent.Change)
    case accountClosed(AccountID)
    /// Money came from outside the ledger; with a transfer id, from an account whose own leg is not
    /// in the same commit.
    case moneyDeposited(AccountID, AccountEvent.Movement)
    /// Money went outside; with a transfer id as above.
    case moneyWithdrawn(AccountID, AccountEvent.Movement)
    case transferCompleted(CompletedTransfer)
    case periodClosed(Period, accounts: Int64, totals: [CurrencyTotal])
    /// The close at this global position was taken back.
    case periodReopened(Period, closedAtPosition: Int64)
    /// The texts of the stored events at these global positions are gone.
    case personalTextErased(positions: [Int64])
  }

  /// Money that moved from one account to another.
  public struct CompletedTransfer: Hashable, Sendable {
    /// Shared by both legs.
    public let id: String
    /// The account that paid.
    public let payer: AccountID
    /// The account that was paid.
    public let payee: AccountID
    /// Always more than zero.
    public let amount: Money
    /// Personal text: nil if it was never given, or was erased.
    public let description: String?
  }

  /// The names of the types, which stay for ever.
  public enum Kind: String, CaseIterable, Sendable {
    case accountOpened = "AccountOpened"
    case accountChanged = "AccountChanged"
    case accountClosed = "AccountClosed"
    case moneyDeposited = "MoneyDeposited"
    case moneyWithdrawn = "MoneyWithdrawn"
    case transferCompleted = "TransferCompleted"
    case periodClosed = "PeriodClosed"
    case periodReopened = "PeriodReopened"
    case personalTextErased = "PersonalTextErased"

    /// The version of what is told, raised whenever that changes.
    public var version: Int64 { 1 }

    /// The name of the JSON Schema of what is told, such as `TransferCompleted.v1`.
    public var schemaName: String { "\(rawValue).v\(version)" }
  }

  /// Which of the types it is of.
  public var kind: Kind {
    switch fact {
    case .accountOpened: .accountOpened
    case .accountChanged: .accountChanged
    case .accountClosed: .accountClosed
    case .moneyDeposited: .moneyDeposited
    case .moneyWithdrawn: .moneyWithdrawn
    case .transferCompleted: .transferCompleted
    case .periodClosed: .periodClosed
    case .periodReopened: .periodReopened
    case .personalTextErased: .personalTextErased
    }
  }

  /// The global position of the last stored event that it tells: whoever has seen it has seen it
  /// all.
  public var position: Int64 { positions.last ?? commit.lastPosition }

  /// Unique, and the same whenever it is told.
  public var id: String { "\(ledgerID)/\(position)" }

  /// The account that it is about, of a transfer the payer, or the period; nil if neither.
  public var subject: String? {
    switch fact {
    case .accountOpened(let opening): opening.accountID.text
    case .accountChanged(let account, _), .accountClosed(let account),
      .moneyDeposited(let account, _), .moneyWithdrawn(let account, _):
      account.text
    case .transferCompleted(let transfer): transfer.payer.text
    case .periodClosed(let period, _, _), .periodReopened(let period, _): period.text
    case .personalTextErased: nil
    }
  }
}
