import EventStore
import JSONText
import LedgerDomain
import LedgerEvents
import LedgerKit

extension RecordedEvent {
  /// The names of an event's values, as in `record`.
  static let columns = [
    "globalPosition", "streamId", "streamPosition", "eventType", "eventVersion", "data", "metadata",
    "effectiveAt", "createdAt",
  ]

  /// The event as scripts read it, personal text back in its place.
  var record: Record { record(data: .object(payload)) }

  /// The event as it is stored: the data is the very text in the file, without personal text.
  var rawRecord: Record { record(data: .string(String(decoding: data, as: UTF8.self))) }

  /// The event with its data as an object or, if that can't be parsed, as it is stored.
  var anyRecord: Record { (try? JSONValue(parsing: data)) == nil ? rawRecord : record }

  /// The same, with the position of the commit that reversed its own; nil if none did.
  func record(reversedBy: Int64?) -> Record {
    record(data: .object(payload), reversedBy: reversedBy)
  }

  private func record(data: JSONValue, reversedBy: Int64? = nil) -> Record {
    let values: [JSONValue] = [
      .integer(position), .string(streamID), .integer(streamPosition), .string(type),
      .integer(version), data,
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
      + commitRecord(reversedBy: reversedBy)
  }

  /// What it shares with the other events of its commit: the end of its record.
  func commitRecord(reversedBy: Int64?) -> Record {
    let link = reversedBy.map { [JSONMember("reversedBy", .integer($0))] } ?? []
    return [
      JSONMember("metadata", .object(metadata + link)),
      JSONMember("effectiveAt", .string(Instant(micros: commit.effectiveAtMicros).description)),
      JSONMember("createdAt", .string(Instant(micros: commit.recordedAtMicros).description)),
    ]
  }

  /// The event's row for people.
  var row: [String] {
    let amount =
      switch JSONValue.object(payload)["amount"] {
      case .string(let text), .number(let text): text
      default: ""
      }
    return [
      "\(position)", Instant(micros: commit.recordedAtMicros).shortText, streamID, type,
      amount, commit.header.actor, Erased.shown(personalText?.text, isTextErased) ?? "",
      Erased.shown(commit.reason?.text, commit.isReasonErased) ?? "",
    ]
  }

  /// The stored data and the personal text that belongs to it.
  var payload: Record {
    // What can't be parsed was refused when the event was decoded, or is shown as it is stored.
    guard case .object(var members) = try? JSONValue(parsing: data) else { return [] }
    if let text = shownText { members.append(JSONMember(text.field, .string(text.text))) }
    return members
  }

  /// Its personal text, or what stands where that was, and the name in its data; nil if there is none.
  var shownText: (field: String, text: String)? {
    if let personalText { return (personalText.field, personalText.text) }
    guard isTextErased, let field = (try? AccountEvent(self))?.personalField else { return nil }
    return (field, Erased.mark)
  }

  private var metadata: Record {
    let header = commit.header
    var members: Record = [
      JSONMember("userId", .string(header.actor)),
      JSONMember("correlationId", .string(header.correlationID)),
      JSONMember("causationId", .text(header.causationID)),
      JSONMember("idempotencyKey", .text(header.idempotencyKey)),
      JSONMember("reason", .text(Erased.shown(commit.reason?.text, commit.isReasonErased))),
    ]
    if let other = header.otherMetadata, case .object(let more) = try? JSONValue(parsing: other) {
      members += more
    }
    return members
  }
}
