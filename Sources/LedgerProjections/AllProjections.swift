package import EventStore

/// Every projection of the ledger, in the order in which they see an event.
package enum AllProjections {
  package static var all: [any Projection.Type] {
    [
      AccountBalances.self, CommitLinks.self, Periods.self,
      BookCounters.self, MonthlyStatements.self, Transactions.self, Counterparties.self,
      Alerts.self,
    ]
  }
}
