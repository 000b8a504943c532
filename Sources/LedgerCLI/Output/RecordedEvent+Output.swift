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

  /// The same, with the position of the commit that reversed its own; nil if none did.
  func record(reversedBy: Int64?) -> Record {
    record(data: .object(payload), reversedBy: reversedBy)
  }

  private func record(data: JSONValue, reversedBy: Int64? = nil) -> Record {
    let values: [JSONValue] = [
      .integer(position), .string(streamID), .integer(streamPosition), .string(type),
      .integer(version), data,
      .object(metadata + (reversedBy.map { [JSONMember("reversedBy", .integer($0))] } ?? [])),
      .string(Instant(micros: commit.header.effectiveAtMicros).description),
      .string(Instant(micros: commit.header.recordedAtMicros).description),
    ]
    return zip(Self.columns, values).map { JSONMember($0, $1) }
  }

  /// The event's row for people.
  fileprivate var row: [String] {
    let amount =
      switch JSONValue.object(payload)["amount"] {
      case .string(let text), .number(let text): text
      default: ""
      }
    return [
      "\(position)", Instant(micros: commit.header.recordedAtMicros).shortText, streamID, type,
      amount, commit.header.actor, Erased.shown(personalText?.text, isTextErased) ?? "",
      Erased.shown(commit.reason?.text, commit.isReasonErased) ?? "",
    ]
  }

  /// The stored data and the personal text that belongs to it.
  var payload: Record {
    // What can't be parsed was refused when the event was decoded.
    guard case .object(var members) = try? JSONValue(parsing: data) else { return [] }
    if let personalText {
      members.append(JSONMember(personalText.field, .string(personalText.text)))
    } else if isTextErased, let field = (try? AccountEvent(self))?.personalField {
      members.append(JSONMember(field, .string(Erased.mark)))
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
      JSONMember("reason", .text(Erased.shown(commit.reason?.text, commit.isReasonErased))),
    ]
    if let other = header.otherMetadata, case .object(let more) = try? JSONValue(parsing: other) {
      members += more
    }
    return members
  }
}

/// What stands where an erased text would stand.
enum Erased {
  static let mark = "[erased]"

  /// `text`, or the mark if it was erased; nil if there never was one.
  static func shown(_ text: String?, _ isErased: Bool) -> String? { isErased ? mark : text }
}

extension OutputOptions {
  /// Writes the events that `query` asks for.
  func printEvents(_ query: EventQuery, of book: Ledger, to output: Output) throws {
    let table: [TextTable.Column] = [
      .init(title: "POSITION", isNumber: true), .init(title: "RECORDED"), .init(title: "STREAM"),
      .init(title: "EVENT"), .init(title: "AMOUNT", isNumber: true), .init(title: "WHO"),
      .init(title: "DESCRIPTION"), .init(title: "REASON"),
    ]
    try printList(
      to: output, columns: RecordedEvent.columns, table: table, ifEmpty: "There are no events."
    ) { add in
      let links = book.linkLookup()
      try book.forEachEvent(query) { event in
        try add(
          query.isRaw
            ? event.rawRecord : event.record(reversedBy: links.links(of: event).reversedBy)
        ) { event.row }
      }
    }
  }
}
