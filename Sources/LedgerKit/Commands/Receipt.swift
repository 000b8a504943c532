public import EventStore
public import LedgerDomain

/// What a command returns: where it stands in the log, and where the accounts stand after it.
public struct Receipt: Hashable, Sendable {
  /// The command's name, such as `transfer`.
  public let command: String
  /// Whether the command had been recorded before, under the same idempotency key.
  public var isReplay: Bool
  /// The ledger that recorded it.
  public let ledgerID: String
  /// The commit's last global position.
  public let position: Int64
  /// Nil unless the command is a transfer.
  public let transferID: String?
  /// Where the commit ends whose opposite this one booked; nil unless the command is a reversal.
  public let reverses: Int64?
  /// Where the commit ends that the reversed one had reversed itself, and that counts again; nil if
  /// it had not.
  public let rebooks: Int64?
  /// Where the commit ends that this one corrects; nil if nobody said so.
  public let corrects: Int64?
  /// When the ledger wrote the commit.
  public let recordedAt: Instant
  /// When the commit counts.
  public let effectiveAt: Instant
  /// Shared by commands that belong together.
  public let correlationID: String
  /// The caller's name for the command; nil if it had none.
  public let idempotencyKey: String?
  /// The hash chain's head after the commit.
  public let headHash: Digest256
  /// The accounts after the commit, in the order of its events.
  public let accounts: [AccountAfter]
  /// The events of the commit, in order.
  public let events: [RecordedEvent]

  /// Where one account stands after a commit.
  public struct AccountAfter: Hashable, Sendable {
    /// The account.
    public let accountID: AccountID
    /// Stream position of its last event.
    public let version: Int64
    /// In the order of recording.
    public let balance: Money
  }
}
