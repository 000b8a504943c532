package import EventStore
import LedgerDomain

extension AccountEvent {
  /// Every type of event that this build reads, and how versions before the current one become it.
  package static let catalog = EventCatalog([
    type("AccountCreated", from: Version1.accountCreated),
    type("AccountChanged"),
    type("MoneyDeposited", from: Version1.movement),
    type("MoneyWithdrawn", from: Version1.movement),
    type("AccountClosed", from: Version1.accountClosed),
  ])

  private static func type(
    _ name: String, from upcast: (@Sendable (RecordedEvent) throws -> Upcaster.Payload)? = nil
  ) -> EventCatalog.EventType {
    EventCatalog.EventType(
      name, version: currentVersion,
      upcasters: upcast.map { [Upcaster(from: Version1.version, $0)] } ?? [])
  }
}
