package import EventStore
import JSONText
package import LedgerDomain

/// The envelope of CloudEvents 1.0 around one event, in JSON.
///
/// Its data is the very document that is written without it.
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>
package struct CloudEvent {
  package let ledgerID: String
  /// Unique among all envelopes of the ledger.
  package let id: String
  /// Such as `ledger.TransferCompleted.v1`.
  package let type: String
  /// What the event is about; nil if there is no single thing.
  package let subject: String?
  /// When it was recorded.
  package let time: Instant
  /// The `$id` of the JSON Schema of the data; nil if there is none.
  package let dataSchema: String?

  /// The envelope of what outsiders are told.
  package init(_ event: IntegrationEvent) {
    ledgerID = event.ledgerID
    id = event.id
    type = "ledger.\(event.kind.schemaName)"
    subject = event.subject
    time = Instant(micros: event.commit.recordedAtMicros)
    dataSchema = "urn:ledger:\(event.kind.schemaName)"
  }

  /// The envelope of a stored event, in the version that `event` has.
  package init(_ event: RecordedEvent, of ledgerID: String) {
    self.ledgerID = ledgerID
    id = "\(ledgerID)/stored/\(event.position)"
    type = "ledger.stored.\(event.type).v\(event.version)"
    subject = event.streamID
    time = Instant(micros: event.commit.recordedAtMicros)
    dataSchema = nil
  }

  /// The envelope on one line, with `data`, a JSON document on one line, in it. What is not known
  /// is left out, as the specification wants it.
  package func json(around data: [UInt8]) -> [UInt8] {
    var writer = JSONObjectWriter()
    writer.add("specversion", "1.0")
    writer.add("id", id)
    writer.add("source", "/ledgers/\(ledgerID)")
    writer.add("type", type)
    writer.add("subject", subject)
    writer.add("time", time.description)
    writer.add("datacontenttype", "application/json")
    writer.add("dataschema", dataSchema)
    return writer.finished().dropLast() + Array(#","data":"#.utf8) + data + [UInt8(ascii: "}")]
  }
}
