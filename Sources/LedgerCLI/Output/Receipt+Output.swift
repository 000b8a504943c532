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
    ]
    for (name, position) in [
      ("reverses", reverses), ("rebooks", rebooks), ("corrects", corrects),
    ] {
      if let position { record.append(JSONMember(name, .integer(position))) }
    }
    record += [
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
    let effective = effectiveAt == recordedAt ? "" : ", counts from \(effectiveAt)"
    let corrected = corrects.map { ", corrects position \($0)" } ?? ""
    let place = "  position \(position), recorded \(recordedAt)\(effective)\(corrected)"
    return ([state + summary.visible] + accounts.lines + [place]).joined(separator: "\n") + "\n"
  }
}

extension [Receipt.AccountAfter] {
  /// A line each, for people.
  var lines: [String] {
    let widest = map(\.accountID.text.count).max() ?? 0
    return map { account in
      let padding = String(repeating: " ", count: widest - account.accountID.text.count)
      return
        "  \(account.accountID)\(padding)  \(account.balance.text)  (version \(account.version))"
    }
  }
}

extension Receipt.AccountAfter {
  var record: Record {
    [
      JSONMember("accountId", .string(accountID.text)),
      JSONMember("version", .integer(version)),
      JSONMember("currency", .string(balance.currency.code)),
      JSONMember("balance", .string(balance.decimal)),
    ]
  }
}
