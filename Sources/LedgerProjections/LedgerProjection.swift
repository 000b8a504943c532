package import EventStore
package import LedgerEvents

/// A read model of accounts: it takes events that were decoded already.
package protocol LedgerProjection: Projection {
  /// Applies one event like `Projection.apply`.
  func apply(_ event: DecodedEvent, _ log: ReadTransaction) throws
}

extension LedgerProjection {
  /// Applies one event; those of other streams than accounts' change nothing.
  package func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws {
    guard let decoded = event.content as? DecodedEvent else { return }
    try apply(decoded, log)
  }
}
