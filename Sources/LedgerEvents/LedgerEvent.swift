package import EventStore
package import LedgerDomain

/// What a stored event of a ledger is: the one place in which streams are told apart.
package enum LedgerEvent: Hashable, Sendable {
  /// Something happened to an account.
  case account(AccountID, AccountEvent)
  /// Personal text was erased.
  case erasure(PersonalTextErased)
  /// A period was closed, or reopened.
  case period(PeriodEvent)
  /// A rule for alerts was added or removed, or an alert was seen.
  case alert(AlertEvent)

  /// Every type of event that this build reads.
  package static let catalog = EventCatalog(
    AccountEvent.types + PeriodEvent.types + AlertEvent.types)

  /// The event that was stored.
  ///
  /// Throws if its stream, its type or the type's version is unknown, or if its payload is not what the
  /// type promises.
  package init(_ event: RecordedEvent) throws(EventDecodingError) {
    if let account = AccountStream.account(of: event.streamID) {
      self = .account(account, try AccountEvent(event))
    } else if event.streamID == BookStream.id, event.type == PersonalTextErased.type {
      self = .erasure(try PersonalTextErased(event))
    } else if event.streamID == BookStream.id, let period = try PeriodEvent(event) {
      self = .period(period)
    } else if event.streamID == BookStream.id, let alert = try AlertEvent(event) {
      self = .alert(alert)
    } else {
      throw EventDecodingError(
        position: event.position,
        problem: event.streamID == BookStream.id
          ? "an event '\(event.type)' in the stream '\(BookStream.id)' is unknown to this version"
          : "the stream '\(event.streamID)' is unknown to this version")
    }
  }
}

/// The stream of what concerns the whole ledger.
package enum BookStream {
  package static let id = "Book"
}

extension AccountEvent {
  /// The name under which its personal text belongs into its data, even if that was erased; nil if such
  /// an event has none.
  package var personalField: String? {
    switch self {
    case .created, .changed: PersonalField.holder
    case .deposited, .withdrawn: PersonalField.description
    case .closed: nil
    }
  }
}
