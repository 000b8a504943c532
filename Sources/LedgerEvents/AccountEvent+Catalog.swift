package import EventStore
import LedgerDomain

extension AccountEvent {
  /// The types of accounts' events, and how versions before the current one become it.
  package static let types = [
    type("AccountCreated", PersonalField.holder, from: Version1.accountCreated),
    type("AccountChanged", PersonalField.holder),
    type("MoneyDeposited", PersonalField.description, from: Version1.movement),
    type("MoneyWithdrawn", PersonalField.description, from: Version1.movement),
    type("AccountClosed", from: Version1.accountClosed),
  ]

  /// The types of event that move money.
  package static let movementTypes = ["MoneyDeposited", "MoneyWithdrawn"]

  private static func type(
    _ name: String, _ personalField: String? = nil,
    from upcast: (@Sendable (RecordedEvent) throws -> Upcaster.Payload)? = nil
  ) -> EventCatalog.EventType {
    EventCatalog.EventType(
      name, version: currentVersion, personalField: personalField,
      upcasters: upcast.map { [Upcaster(from: Version1.version, $0)] } ?? [])
  }
}
