package import EventStore

/// Every projection of the ledger, in the order in which they see an event.
package enum AllProjections {
  /// Updated in the transaction of each command.
  package static var inline: [any Projection.Type] {
    [AccountBalances.self, CommitLinks.self, Periods.self]
  }
}
