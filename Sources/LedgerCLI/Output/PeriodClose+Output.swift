import EventStore
import JSONText
import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerKit

extension PeriodClose {
  /// The names of a close's values, as in `record`.
  static let columns = [
    "period", "through", "status", "position", "closedAt", "closedBy", "reason", "accounts",
    "totals", "accountsSha256", "previousThrough", "reopenedPosition", "reopenedAt", "reopenedBy",
    "reopenReason",
  ]

  /// The close as scripts read it.
  var record: Record {
    let values: [JSONValue] = [
      .string(period.text), .string(through.description), .string(status), .integer(position),
      .string(closedAt.description), .string(closedBy),
      .text(Erased.shown(reason, isReasonErased)), .integer(accounts),
      .array(totals.map(\.json)), .string(csvDigest.hex), .text(previousThrough?.description),
      .number(reopening?.position), .text(reopening?.reopenedAt.description),
      .text(reopening?.reopenedBy), .text(reopening.map { $0.reason ?? Erased.mark }),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  /// `closed`, or `reopened`.
  var status: String { reopening == nil ? "closed" : "reopened" }

  /// The totals for people: `480.00 EUR, 2700.00 USD`.
  var totalsText: String { totals.map(\.text).joined(separator: ", ") }
}

extension PeriodReceipt {
  /// The receipt as scripts read it.
  func record(isDryRun: Bool) -> Record {
    var record: Record = [JSONMember("command", .string(command))]
    if isDryRun { record.append(JSONMember("dryRun", .bool(true))) }
    record += [
      JSONMember("ledgerId", .string(ledgerID)), JSONMember("position", .integer(position)),
      JSONMember("recordedAt", .string(recordedAt.description)),
      JSONMember("correlationId", .string(correlationID)),
      JSONMember("headHash", .string(headHash.hex)),
      JSONMember("period", .string(close.period.text)),
      JSONMember("through", .string(close.through.description)),
      JSONMember("closedAtPosition", .integer(close.position)),
      JSONMember("closedThrough", .text(closedThrough?.description)),
      JSONMember("accounts", .integer(close.accounts)),
      JSONMember("totals", .array(close.totals.map(\.json))),
      JSONMember("accountsSha256", .string(close.csvDigest.hex)),
      JSONMember("checkpoint", .object(CheckpointRecord.record(of: close.checkpoint))),
    ]
    if isDryRun { record.append(JSONMember("events", .array([.object(event.record)]))) }
    return record
  }

  /// The receipt as people read it.
  func text(isDryRun: Bool) -> String {
    let isReopened = close.reopening != nil
    let count = "\(close.accounts) account\(close.accounts == 1 ? "" : "s")"
    let book = [count, close.totalsText].filter { !$0.isEmpty }.joined(separator: ", ")
    var lines = [
      "\(isDryRun ? "Would be: " : "")\(isReopened ? "Reopened" : "Closed") \(close.period)."
    ]
    if !isReopened { lines += ["  \(book)", "  accounts sha256 \(close.csvDigest)"] }
    let watermark = closedThrough.map { "nothing may count at or before \($0) any more" }
    lines.append("  \(watermark ?? "no period is closed any more")")
    lines.append("  position \(position), recorded \(recordedAt)")
    return lines.joined(separator: "\n") + "\n"
  }
}
