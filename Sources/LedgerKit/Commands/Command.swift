public import EventStore
public import LedgerDomain

/// A request that may be refused. It changes one account, or two in one commit, or nothing.
public enum Command: Hashable, Sendable {
  /// Nil as overdraft limit means zero.
  case open(AccountID, Currency, overdraftLimit: Amount? = nil, holder: String? = nil)
  /// Nil means: as it is.
  case change(AccountID, overdraftLimit: Amount? = nil, holder: String? = nil)
  case deposit(Amount, to: AccountID, description: String? = nil)
  case withdraw(Amount, from: AccountID, description: String? = nil)
  case transfer(Amount, from: AccountID, to: AccountID, description: String? = nil)
  case close(AccountID)
  /// Books the opposite of an earlier commit, once and only once.
  case reverse(Reversal)

  /// As on the command line and in receipts.
  public var name: String {
    switch self {
    case .open: "open"
    case .change: "change"
    case .deposit: "deposit"
    case .withdraw: "withdraw"
    case .transfer: "transfer"
    case .close: "close"
    case .reverse: "reverse"
    }
  }
}

/// What goes with a command besides its content.
public struct CommandOptions: Hashable, Sendable {
  /// Who asked.
  public var actor: String
  /// Why: personal text.
  public var reason: String?
  /// Nil means: one of its own.
  public var correlationID: String?
  /// What caused it; nil if nobody says.
  public var causationID: String?
  /// The caller's name for this command: the same key never books twice.
  public var idempotencyKey: String?
  /// Of the account; of a transfer, the payer.
  public var expectedVersion: ExpectedVersion = .any
  /// Of a transfer's payee.
  public var expectedVersionTo: ExpectedVersion = .any
  /// When it counts; nil means: when it is recorded.
  public var effectiveAt: Instant?
  /// Whether balances between `effectiveAt` and now may fall below the limit; recorded.
  public var allowsPastOverdraft = false
  /// Global position of any event of the commit that the command corrects; nil if nobody says.
  /// Recorded.
  public var corrects: Int64?

  /// Options of a command that `actor` asks for, all others left out.
  public init(actor: String) { self.actor = actor }
}
