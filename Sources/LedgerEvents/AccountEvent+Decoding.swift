package import EventStore
import JSONText
package import LedgerDomain

/// A stored event that this build can't read. Never skipped: reading stops here.
package struct EventDecodingError: Error, Hashable, Sendable {
  package let position: Int64
  package let problem: String

  package init(position: Int64, problem: String) {
    (self.position, self.problem) = (position, problem)
  }
}

extension AccountEvent {
  /// The event that was stored.
  ///
  /// Throws if the type or its version is unknown, or if its payload is not what the type promises.
  package init(_ event: RecordedEvent) throws(EventDecodingError) {
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
      accountID: accountID, overdraftLimit: try money("overdraftLimit", in: try currency()),
      holder: personalText(PersonalField.holder))
  }

  func change() throws(EventDecodingError) -> AccountEvent.Change {
    let limit =
      object["overdraftLimit"] == nil
      ? nil : try money("overdraftLimit", in: try currency())
    return .init(overdraftLimit: limit, holder: personalText(PersonalField.holder))
  }

  func movement() throws(EventDecodingError) -> AccountEvent.Movement {
    let currency = try currency()
    let counterparty = object["counterparty"]?.string
    guard counterparty == nil || (try? AccountID(counterparty ?? "")) != nil else {
      throw failure("its counterparty is malformed")
    }
    let amount = try money("amount", in: currency)
    guard amount.minorUnits > 0 else { throw failure("its amount is not more than zero") }
    return .init(
      amount: amount,
      balanceAfter: try money("balanceAfter", in: currency),
      counterparty: counterparty.flatMap { try? AccountID($0) },
      transferID: object["transferId"]?.string,
      description: personalText(PersonalField.description))
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

  private func text(_ name: String) throws(EventDecodingError) -> String {
    guard let text = object[name]?.string else { throw failure("its \(name) is missing") }
    return text
  }

  private func personalText(_ field: String) -> String? {
    guard let personal = event.personalText, personal.field == field else { return nil }
    return personal.text
  }

  func failure(_ problem: String) -> EventDecodingError {
    EventDecodingError(position: event.position, problem: problem)
  }
}
