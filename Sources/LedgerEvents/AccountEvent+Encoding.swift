package import EventStore
import JSONText
package import LedgerDomain

extension AccountEvent {
  /// The version of every event type's payload that this build writes.
  ///
  /// Version 1 is that of payloads with amounts as JSON numbers and without a balance after.
  package static let currentVersion: Int64 = 2

  /// The stable name of its type in the file.
  package var typeName: String {
    switch self {
    case .created: "AccountCreated"
    case .changed: "AccountChanged"
    case .deposited: "MoneyDeposited"
    case .withdrawn: "MoneyWithdrawn"
    case .closed: "AccountClosed"
    }
  }

  /// The event as it is stored; `salt` makes 16 random bytes for its personal text.
  package func stored(salt: () -> [UInt8]) -> NewEvent {
    var data = JSONObjectWriter()
    var personal: (field: String, text: String?)?
    switch self {
    case .created(let opening):
      data.add("accountId", opening.accountID.text)
      data.add("currency", opening.currency.code)
      data.add("overdraftLimit", opening.overdraftLimit.decimal)
      personal = (PersonalField.holder, opening.holder)
    case .changed(let change):
      data.add("currency", change.overdraftLimit?.currency.code)
      data.add("overdraftLimit", change.overdraftLimit?.decimal)
      personal = (PersonalField.holder, change.holder)
    case .deposited(let movement), .withdrawn(let movement):
      data.add("amount", movement.amount.decimal)
      data.add("currency", movement.amount.currency.code)
      data.add("counterparty", movement.counterparty?.text)
      data.add("transferId", movement.transferID)
      data.add("balanceAfter", movement.balanceAfter?.decimal)
      personal = (PersonalField.description, movement.description)
    case .closed: break
    }
    return NewEvent(
      type: typeName, version: Self.currentVersion, data: data.finished(),
      personalText: personal.flatMap { personal in
        personal.text.map { PersonalText(field: personal.field, salt: salt(), text: $0) }
      })
  }
}

/// The names of personal text in an event's data.
package enum PersonalField {
  package static let holder = "holder"
  package static let description = "description"
  package static let reason = "reason"
}
