import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension Receipt {
  /// The receipt as scripts read it.
  func record(isDryRun: Bool) -> Record {
    var record: Record = [
      JSONMember("command", .string(command)),
      JSONMember("replayed", .bool(isReplay)),
    ]
    if isDryRun { record.append(JSONMember("dryRun", .bool(true))) }
    record += [
      JSONMember("ledgerId", .string(ledgerID)),
      JSONMember("position", .integer(position)),
      JSONMember("transferId", .text(transferID)),
      JSONMember("recordedAt", .string(recordedAt.description)),
      JSONMember("effectiveAt", .string(effectiveAt.description)),
      JSONMember("correlationId", .string(correlationID)),
      JSONMember("idempotencyKey", .text(idempotencyKey)),
      JSONMember("headHash", .string(headHash.hex)),
      JSONMember("accounts", .array(accounts.map { .object($0.record) })),
    ]
    if isDryRun {
      record.append(JSONMember("events", .array(events.map { .object($0.record) })))
    }
    return record
  }

  /// The receipt as people read it; `summary` says what was done.
  func text(_ summary: String, isDryRun: Bool) -> String {
    let state =
      isDryRun ? "Would be: " : isReplay ? "Done before, nothing new was booked: " : ""
    let widest = accounts.map(\.accountID.text.count).max() ?? 0
    let lines = accounts.map { account in
      let padding = String(repeating: " ", count: widest - account.accountID.text.count)
      return
        "  \(account.accountID)\(padding)  \(account.balance.text)  (version \(account.version))"
    }
    let effective = effectiveAt == recordedAt ? "" : ", counts from \(effectiveAt)"
    let place = "  position \(position), recorded \(recordedAt)\(effective)"
    return ([state + summary.visible] + lines + [place]).joined(separator: "\n") + "\n"
  }
}

extension Receipt.AccountAfter {
  fileprivate var record: Record {
    [
      JSONMember("accountId", .string(accountID.text)),
      JSONMember("version", .integer(version)),
      JSONMember("currency", .string(balance.currency.code)),
      JSONMember("balance", .string(balance.decimal)),
    ]
  }
}
