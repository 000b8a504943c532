package import EventStore
package import LedgerDomain

/// A recorded event of an account, decoded.
///
/// A class, as it goes from hand to hand and is large.
package final class DecodedEvent: Sendable {
  package let account: AccountID
  package let event: AccountEvent
  package let recorded: RecordedEvent

  /// A value with all its fields.
  package init(account: AccountID, event: AccountEvent, recorded: RecordedEvent) {
    (self.account, self.event, self.recorded) = (account, event, recorded)
  }

  /// Nil if `recorded` is in no account's stream. Throws `EventDecodingError` if it can't be read.
  package convenience init?(_ recorded: RecordedEvent) throws(EventDecodingError) {
    guard let account = AccountStream.account(of: recorded.streamID) else { return nil }
    self.init(account: account, event: try AccountEvent(recorded), recorded: recorded)
  }

  /// When it counts.
  package var effectiveAt: Instant { Instant(micros: recorded.commit.effectiveAtMicros) }
}
