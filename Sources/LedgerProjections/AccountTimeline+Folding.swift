package import EventStore
package import LedgerDomain
import LedgerEvents

extension AccountTimeline {
  /// The timeline of `account` through stream position `version`, all of it in memory.
  ///
  /// Throws `EventDecodingError` at an event that can't be read.
  package init(of account: AccountID, through version: Int64, _ log: ReadTransaction) throws {
    self.init(openingLimitMinor: 0)
    var query = EventQuery(streamID: AccountStream.id(of: account))
    query.throughStreamPosition = version
    query.includesPersonalText = false
    try log.forEachEvent(query) { recorded in
      let event = try AccountEvent(recorded)
      if case .created(let opening) = event {
        self = AccountTimeline(openingLimitMinor: opening.overdraftLimit.minorUnits)
      } else if let change = event.timelineChange {
        insert(change, at: Instant(micros: recorded.commit.effectiveAtMicros))
      }
    }
  }
}
