import EventStore
import JSONText
import LedgerDomain

extension RecordedEvent {
  /// The names of an event's values, as in `record`.
  static let columns = [
    "globalPosition", "streamId", "streamPosition", "eventType", "eventVersion", "data", "metadata",
    "effectiveAt", "createdAt",
  ]

  /// The event as scripts read it, personal text back in its place.
  var record: Record {
    let values: [JSONValue] = [
      .integer(position), .string(streamID), .integer(streamPosition), .string(type),
      .integer(version), .object(payload), .object(metadata),
      .string(Instant(micros: commit.header.effectiveAtMicros).description),
      .string(Instant(micros: commit.header.recordedAtMicros).description),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  /// The stored data and the personal text that belongs to it.
  var payload: Record {
    // What can't be parsed was refused when the event was decoded.
    guard case .object(var members) = try? JSONValue(parsing: data) else { return [] }
    if let personalText {
      members.append(JSONMember(personalText.field, .string(personalText.text)))
    }
    return members
  }

  private var metadata: Record {
    let header = commit.header
    var members: Record = [
      JSONMember("userId", .string(header.actor)),
      JSONMember("correlationId", .string(header.correlationID)),
      JSONMember("causationId", .text(header.causationID)),
      JSONMember("idempotencyKey", .text(header.idempotencyKey)),
      JSONMember("reason", .text(commit.reason?.text)),
    ]
    if let other = header.otherMetadata, case .object(let more) = try? JSONValue(parsing: other) {
      members += more
    }
    return members
  }
}
