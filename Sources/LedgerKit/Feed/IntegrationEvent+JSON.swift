import EventStore
package import JSONText
import LedgerDomain

extension IntegrationEvent {
  /// The event as a JSON object on one line, its members in an order that stays.
  ///
  /// Described by the JSON Schema that `kind.schemaName` names. What is not known is null.
  public var json: [UInt8] { object.compact }

  /// The same in an envelope of CloudEvents 1.0.
  public var cloudEvent: [UInt8] { CloudEvent(self).json(around: json) }

  package var object: JSONValue {
    let header = commit.header
    return .object([
      JSONMember("type", .string(kind.rawValue)),
      JSONMember("version", .integer(kind.version)),
      JSONMember("id", .string(id)),
      JSONMember("position", .integer(position)),
      JSONMember("recordedAt", .string(Instant(micros: header.recordedAtMicros).description)),
      JSONMember("effectiveAt", .string(Instant(micros: header.effectiveAtMicros).description)),
      JSONMember("actor", .string(header.actor)),
      JSONMember("correlationId", .string(header.correlationID)),
      JSONMember("causationId", .text(header.causationID)),
      JSONMember("reverses", .number(reverses)),
      JSONMember("corrects", .number(corrects)),
      JSONMember("data", .object(data)),
    ])
  }

  /// The description or holder, or the mark where it was; nil if there never was one.
  package var shownText: String? {
    let text: String? =
      switch fact {
      case .accountOpened(let opening): opening.holder
      case .accountChanged(_, let change): change.holder
      case .moneyDeposited(_, let movement), .moneyWithdrawn(_, let movement): movement.description
      case .transferCompleted(let transfer): transfer.description
      case .accountClosed, .periodClosed, .periodReopened, .personalTextErased: nil
      }
    return Erased.shown(text, isTextErased)
  }

  private var data: [JSONMember] {
    switch fact {
    case .accountOpened(let opening):
      [
        JSONMember("accountId", .string(opening.accountID.text)),
        JSONMember("currency", .string(opening.currency.code)),
        JSONMember("overdraftLimit", .string(opening.overdraftLimit.decimal)),
        JSONMember("holder", .text(shownText)),
      ]
    case .accountChanged(let account, let change):
      [
        JSONMember("accountId", .string(account.text)),
        JSONMember("currency", .text(change.overdraftLimit?.currency.code)),
        JSONMember("overdraftLimit", .text(change.overdraftLimit?.decimal)),
        JSONMember("holder", .text(shownText)),
      ]
    case .accountClosed(let account): [JSONMember("accountId", .string(account.text))]
    case .moneyDeposited(let account, let movement), .moneyWithdrawn(let account, let movement):
      [
        JSONMember("accountId", .string(account.text)),
        JSONMember("amount", .string(movement.amount.decimal)),
        JSONMember("currency", .string(movement.amount.currency.code)),
        JSONMember("balanceAfter", .text(movement.balanceAfter?.decimal)),
        JSONMember("counterparty", .text(movement.counterparty?.text)),
        JSONMember("transferId", .text(movement.transferID)),
        JSONMember("description", .text(shownText)),
      ]
    case .transferCompleted(let transfer):
      [
        JSONMember("transferId", .string(transfer.id)),
        JSONMember("from", .string(transfer.payer.text)),
        JSONMember("to", .string(transfer.payee.text)),
        JSONMember("amount", .string(transfer.amount.decimal)),
        JSONMember("currency", .string(transfer.amount.currency.code)),
        JSONMember("description", .text(shownText)),
        JSONMember("positions", .array(positions.map { .integer($0) })),
      ]
    case .periodClosed(let period, let accounts, let totals):
      [
        JSONMember("period", .string(period.text)),
        JSONMember("through", .string(period.end.description)),
        JSONMember("accounts", .integer(accounts)),
        JSONMember("totals", .array(totals.map(\.json))),
      ]
    case .periodReopened(let period, let position):
      [
        JSONMember("period", .string(period.text)),
        JSONMember("closedAtPosition", .integer(position)),
      ]
    case .personalTextErased(let positions):
      [JSONMember("positions", .array(positions.map { .integer($0) }))]
    }
  }
}

extension CurrencyTotal {
  /// `{"currency":"USD","total":"4820.50"}`
  fileprivate var json: JSONValue {
    .object([
      JSONMember("currency", .string(currency.code)), JSONMember("total", .string(decimal)),
    ])
  }
}
