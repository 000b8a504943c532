package import EventStore
import JSONText
package import LedgerDomain

extension AccountEvent {
  /// The event that was stored.
  ///
  /// Throws if the type or its version is unknown, or if its payload is not what the type promises.
  package init(_ event: RecordedEvent) throws(EventDecodingError) {
    if let canonical = Self.canonical(event) {
      self = canonical
    } else {
      try self.init(parsing: event)
    }
  }

  /// The event that was stored, read as any JSON. Throws like `init(_:)`.
  package init(parsing event: RecordedEvent) throws(EventDecodingError) {
    let payload = try Payload(event)
    switch event.type {
    case "AccountCreated": self = .created(try payload.opening())
    case "AccountChanged": self = .changed(try payload.change())
    case "MoneyDeposited": self = .deposited(try payload.movement())
    case "MoneyWithdrawn": self = .withdrawn(try payload.movement())
    case "AccountClosed": self = .closed
    default: throw payload.failure("the event type '\(event.type)' is unknown to this version")
    }
  }
}

/// The JSON object of one event.
private struct Payload {
  let event: RecordedEvent
  let object: JSONValue

  init(_ event: RecordedEvent) throws(EventDecodingError) {
    self.event = event
    do {
      object = try JSONValue(parsing: event.data)
    } catch {
      throw EventDecodingError(
        position: event.position,
        problem: "its data is not JSON: \(error.problem) at byte \(error.offset)")
    }
    guard case .object = object else { throw failure("its data is no JSON object") }
    guard event.version == AccountEvent.currentVersion else {
      throw failure("version \(event.version) of '\(event.type)' is unknown to this version")
    }
  }

  func opening() throws(EventDecodingError) -> AccountEvent.Opening {
    let text = try text("accountId")
    guard let accountID = try? AccountID(text) else { throw failure("its accountId is malformed") }
    guard AccountStream.id(of: accountID) == event.streamID else {
      throw failure("its accountId is not that of its stream")
    }
    return .init(
      accountID: accountID, overdraftLimit: try limit(),
      holder: try personalText(PersonalField.holder))
  }

  func change() throws(EventDecodingError) -> AccountEvent.Change {
    let limit =
      object["overdraftLimit"] == nil
      ? nil : try limit()
    return .init(overdraftLimit: limit, holder: try personalText(PersonalField.holder))
  }

  func movement() throws(EventDecodingError) -> AccountEvent.Movement {
    let currency = try currency()
    let counterparty = try optionalText("counterparty").map { text throws(EventDecodingError) in
      guard let id = try? AccountID(text) else { throw failure("its counterparty is malformed") }
      return id
    }
    let amount = try money("amount", in: currency)
    guard amount.minorUnits > 0 else { throw failure("its amount is not more than zero") }
    return .init(
      amount: amount,
      balanceAfter: try balanceAfter(in: currency),
      counterparty: counterparty,
      transferID: try optionalText("transferId"),
      description: try personalText(PersonalField.description))
  }

  /// Missing only where an older version had none.
  private func balanceAfter(in currency: Currency) throws(EventDecodingError) -> Money? {
    if event.upcastFrom != nil, object["balanceAfter"] == nil { return nil }
    return try money("balanceAfter", in: currency)
  }

  private func limit() throws(EventDecodingError) -> Money {
    let limit = try money("overdraftLimit", in: try currency())
    guard limit.minorUnits >= 0 else { throw failure("its overdraftLimit is negative") }
    return limit
  }

  private func currency() throws(EventDecodingError) -> Currency {
    let code = try text("currency")
    guard let currency = Currency(code: code) else {
      throw failure("its currency '\(code)' is unknown to this version")
    }
    return currency
  }

  private func money(_ name: String, in currency: Currency) throws(EventDecodingError) -> Money {
    let text = try text(name)
    guard let money = Money(storedDecimal: text, in: currency) else {
      throw failure("its \(name) '\(text)' is no amount in \(currency)")
    }
    return money
  }

  private func optionalText(_ name: String) throws(EventDecodingError) -> String? {
    object[name] == nil ? nil : try text(name)
  }

  private func text(_ name: String) throws(EventDecodingError) -> String {
    guard let text = object[name]?.string else {
      throw failure("its \(name) is missing, or is no text")
    }
    return text
  }

  private func personalText(_ field: String) throws(EventDecodingError) -> String? {
    guard let personal = event.personalText else { return nil }
    guard personal.field == field else {
      throw failure("its \(field) stands under the name '\(personal.field)'")
    }
    return personal.text
  }

  func failure(_ problem: String) -> EventDecodingError {
    EventDecodingError(position: event.position, problem: problem)
  }
}
