import EventStore
import JSONText
import LedgerDomain
import LedgerKit

extension AlertReceipt {
  /// The receipt as scripts read it.
  func record(isDryRun: Bool) -> Record {
    var record: Record = [JSONMember("command", .string(command))]
    if isDryRun { record.append(JSONMember("dryRun", .bool(true))) }
    record += [
      JSONMember("ledgerId", .string(ledgerID)), JSONMember("position", .integer(position)),
      JSONMember("recordedAt", .string(recordedAt.description)),
      JSONMember("correlationId", .string(correlationID)),
      JSONMember("headHash", .string(headHash.hex)),
    ]
    if isDryRun { record.append(JSONMember("events", .array([.object(event.record)]))) }
    return record
  }
}
