public import EventStore
public import LedgerDomain

/// What a command returns: where it stands in the log, and where the accounts stand after it.
public struct Receipt: Hashable, Sendable {
  /// The command's name, such as `transfer`.
  public let command: String
  /// Whether the command had been recorded before, under the same idempotency key.
  public var isReplay: Bool
  public let ledgerID: String
  /// The commit's last global position.
  public let position: Int64
  /// Nil unless the command is a transfer.
  public let transferID: String?
  public let recordedAt: Instant
  public let effectiveAt: Instant
  public let correlationID: String
  public let idempotencyKey: String?
  /// The hash chain's head after the commit.
  public let headHash: Digest256
  /// The accounts after the commit, in the order of its events.
  public let accounts: [AccountAfter]
  public let events: [RecordedEvent]

  /// Where one account stands after a commit.
  public struct AccountAfter: Hashable, Sendable {
    public let accountID: AccountID
    /// Stream position of its last event.
    public let version: Int64
    /// In the order of recording.
    public let balance: Money
  }
}
